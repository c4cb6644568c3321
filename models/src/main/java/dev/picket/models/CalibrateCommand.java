package dev.picket.models;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.models.task.LabelledText;
import dev.picket.models.task.TaskCalibration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "calibrate", description = "Fits temperature, bias and threshold of a task, and makes its exam.")
final class CalibrateCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "TASK_DIR", description = "The task; its task.json and exam.jsonl are rewritten.")
    private @Nullable Path task;

    @Mixin
    private BaseOption on = new BaseOption();

    @Mixin
    private RowOptions rows = new RowOptions();

    @Option(
            names = "--max-error",
            defaultValue = "0.05",
            description = "Error rate of accepted texts that the threshold keeps to (${DEFAULT-VALUE}).")
    private double maxError;

    @Option(
            names = "--exam-rows",
            defaultValue = "40",
            description = "The most rows of one label in the exam (${DEFAULT-VALUE}).")
    private int examRows;

    @Override
    public Integer call() throws IOException, BadArtefactException {
        Path folder = Objects.requireNonNull(task);
        List<String> labels = TaskFolder.read(folder).manifest().labelNames();
        List<LabelledText> texts = rows.read(labels);
        TaskCalibration calibration = new TaskCalibration(on.base(), folder, maxError, examRows);
        TaskManifest made;
        try (ProgressBar bar = Progress.bar("scoring", "texts", texts.size())) {
            made = calibration.run(texts, bar::step);
        }
        TaskManifest.Threshold threshold = made.decision().threshold();
        Objects.requireNonNull(spec)
                .commandLine()
                .getOut()
                .printf(
                        "temperature %.3f, bias %s, %s, exam claim macro-F1 %.2f%n",
                        made.calibration().temperature(),
                        made.calibration().bias().stream()
                                .map("%.3f"::formatted)
                                .toList(),
                        threshold == null
                                ? "no threshold keeps to the error rate, so every text escalates"
                                : "threshold %.2f (error at most %.3f)".formatted(threshold.value(), threshold.bound()),
                        made.exam().macroF1());
        return 0;
    }
}
