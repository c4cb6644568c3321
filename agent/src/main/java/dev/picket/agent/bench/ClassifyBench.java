package dev.picket.agent.bench;

import dev.picket.inference.ClassificationException;
import dev.picket.inference.engine.BareRuns;
import dev.picket.inference.engine.Classifier;
import java.util.List;

/**
 * {@code classify-overhead}: what {@link Classifier#classify}, tokenizing included, takes over the bare
 * {@code session.run} of the same inputs. {@code measured} and {@code floor} are milliseconds a text.
 */
public final class ClassifyBench {
    private static final int ROUNDS = 9;
    private static final int TEXTS = 200;
    private static final double NANOS_PER_MILLI = 1e6;
    private final Classifier classifier;
    private final String task;
    private final List<String> texts;

    public ClassifyBench(Classifier classifier, String task) {
        this.classifier = classifier;
        this.task = task;
        this.texts = Texts.of(TEXTS);
    }

    public Result run() throws ClassificationException {
        try (BareRuns bare = classifier.bareRuns(task, texts)) {
            return Rounds.<ClassificationException>run(ROUNDS, this::classify, () -> bare(bare))
                    .ratio("classify-overhead");
        }
    }

    private double classify() throws ClassificationException {
        long start = System.nanoTime();
        for (String text : texts) {
            classifier.classify(task, text);
        }
        return millisPerText(start);
    }

    private double bare(BareRuns bare) throws ClassificationException {
        long start = System.nanoTime();
        for (int i = 0; i < bare.size(); i++) {
            bare.run(i);
        }
        return millisPerText(start);
    }

    private double millisPerText(long start) {
        return (System.nanoTime() - start) / NANOS_PER_MILLI / texts.size();
    }
}
