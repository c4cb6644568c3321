package dev.picket.inference.engine;

import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;

/** Switches between classifiers as a user of them does: the next text asks the new one, and the old one is closed. */
final class Serving implements AutoCloseable {
    private volatile Classifier current;

    Serving(Classifier first) {
        this.current = first;
    }

    Classification classify(String task, String text) throws ClassificationException {
        while (true) {
            Classifier classifier = current;
            try {
                return classifier.classify(task, text);
            } catch (IllegalStateException e) {
                // A switch came between and closed this one; then there is a newer one to ask.
                if (current == classifier) {
                    throw e;
                }
            }
        }
    }

    Classifier current() {
        return current;
    }

    void switchTo(Classifier next) {
        Classifier before = current;
        current = next;
        before.close();
    }

    @Override
    public void close() {
        current.close();
    }
}
