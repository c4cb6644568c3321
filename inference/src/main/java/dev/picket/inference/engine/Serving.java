package dev.picket.inference.engine;

import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;

/**
 * The classifier that answers now. A switch is one step: the next text gets the new one, texts that are running finish on
 * the old one, and its memory is freed when the last of them ends.
 */
public final class Serving implements AutoCloseable {
    private volatile Classifier current;

    /** Takes over the classifier. */
    public Serving(Classifier first) {
        this.current = first;
    }

    /**
     * Classifies with whatever serves when the text comes.
     *
     * @throws ClassificationException when this text cannot be classified
     * @throws IllegalArgumentException when there is no such task
     * @throws IllegalStateException when closed
     */
    public Classification classify(String task, String text) throws ClassificationException {
        Classifier classifier = entered();
        try {
            return classifier.classifyEntered(task, text);
        } finally {
            classifier.leave();
        }
    }

    /** Entering fails only when a switch came between; then there is a newer one to take. */
    private Classifier entered() {
        while (true) {
            Classifier classifier = current;
            if (classifier.tryEnter()) {
                return classifier;
            }
            if (current.equals(classifier)) {
                throw new IllegalStateException("The classifier of base " + classifier.baseDigest() + " is closed");
            }
        }
    }

    /** The classifier that serves now, to ask or to build the next one from; closed by whoever switches it out. */
    public Classifier current() {
        return current;
    }

    /** Lets the next classifier serve, and lets go of the one before. */
    public synchronized void switchTo(Classifier next) {
        Classifier before = current;
        current = next;
        before.close();
    }

    /** Takes no further text. */
    @Override
    public synchronized void close() {
        current.close();
    }
}
