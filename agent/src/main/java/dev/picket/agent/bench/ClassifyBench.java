package dev.picket.agent.bench;

import dev.picket.inference.ClassificationException;
import dev.picket.inference.engine.BareRuns;
import dev.picket.inference.engine.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * {@code classify-overhead}: what {@link Classifier#classify}, tokenizing included, takes over the bare
 * {@code session.run} of the same inputs. {@code measured} and {@code floor} are milliseconds a text.
 */
public final class ClassifyBench {
    private static final int ROUNDS = 9;
    private static final int TEXTS = 200;
    private static final int WORDS = 22;
    private static final long SEED = 20;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final List<String> VOCABULARY = List.of(
            "pump",
            "line",
            "pressure",
            "alarm",
            "bearing",
            "invoice",
            "please",
            "check",
            "valve",
            "operator",
            "shift",
            "temperature",
            "stopped",
            "restart",
            "payment",
            "account",
            "conveyor",
            "motor",
            "before",
            "after",
            "urgent",
            "call",
            "number",
            "today",
            "high",
            "low",
            "oil",
            "leak",
            "order",
            "part",
            "door",
            "sensor");

    private final Classifier classifier;
    private final String task;
    private final List<String> texts;

    public ClassifyBench(Classifier classifier, String task) {
        this.classifier = classifier;
        this.task = task;
        this.texts = texts(RandomGeneratorFactory.of("L64X128MixRandom").create(SEED));
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

    /** Distinct texts of about 40 tokens, the same at each run. */
    private static List<String> texts(RandomGenerator random) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < TEXTS; i++) {
            StringBuilder text = new StringBuilder("case " + i);
            for (int word = 0; word < WORDS; word++) {
                text.append(' ').append(VOCABULARY.get(random.nextInt(VOCABULARY.size())));
            }
            texts.add(text.toString());
        }
        return texts;
    }
}
