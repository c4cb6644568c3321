package dev.picket.agent.bench;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.engine.Classifier;
import java.util.Arrays;
import java.util.List;

/**
 * {@code adapter-swap-extra-texts}: how much longer the first text after a task was put in takes than the median text, in
 * median texts. {@code measured} is the first text, {@code floor} the median one, in milliseconds.
 *
 * <p>Each swap reads the adapter anew, as an update does: it goes to a base that has no such task, and what the task needs
 * is computed before it counts as in.
 */
public final class SwapBench {
    private static final int SWAPS = 15;
    private static final int TEXTS = 41;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Classifier classifier;
    private final TaskFolder task;
    private final int swaps;
    private final int texts;

    /** @param task one on the classifier's base */
    public SwapBench(Classifier classifier, TaskFolder task) {
        this(classifier, task, SWAPS, TEXTS);
    }

    SwapBench(Classifier classifier, TaskFolder task, int swaps, int texts) {
        this.classifier = classifier;
        this.task = task;
        this.swaps = swaps;
        this.texts = texts;
    }

    public Result run() throws BadArtefactException, ClassificationException {
        List<String> all = Texts.of(texts * (swaps + 1));
        double[] extra = new double[swaps];
        double[] firsts = new double[swaps];
        double[] medians = new double[swaps];
        once(all.subList(swaps * texts, all.size()));
        for (int i = 0; i < swaps; i++) {
            double[] millis = once(all.subList(i * texts, (i + 1) * texts));
            firsts[i] = millis[0];
            medians[i] = median(Arrays.copyOfRange(millis, 1, millis.length));
            extra[i] = (firsts[i] - medians[i]) / medians[i];
        }
        double[] sorted = extra.clone();
        Arrays.sort(sorted);
        return new Result(
                "adapter-swap-extra-texts",
                median(extra),
                sorted[0],
                sorted[sorted.length - 1],
                "texts",
                median(firsts),
                median(medians));
    }

    private double[] once(List<String> texts) throws BadArtefactException, ClassificationException {
        double[] millis = new double[texts.size()];
        try (Classifier bare = classifier.withTasks(List.of());
                Classifier swapped = bare.with(task)) {
            for (int i = 0; i < texts.size(); i++) {
                long start = System.nanoTime();
                swapped.classify(task.manifest().name(), texts.get(i));
                millis[i] = (System.nanoTime() - start) / NANOS_PER_MILLI;
            }
        }
        return millis;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
