package dev.picket.models;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.DriftBaseline;
import dev.picket.models.task.DriftMeasure;
import dev.picket.models.task.LabelledText;
import dev.picket.models.task.TaskFiles;
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

@Command(
        name = "drift",
        description = "Measures what a calibrated task sees, as the baseline that gateways compare their texts with.")
final class DriftCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "TASK_DIR", description = "The task; its task.json is rewritten, its calibration stays.")
    private @Nullable Path task;

    @Mixin
    private BaseOption on = new BaseOption();

    @Mixin
    private RowOptions rows = new RowOptions();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException, BadArtefactException {
        Path folder = Objects.requireNonNull(task);
        List<String> labels = TaskFiles.read(folder).manifest().labelNames();
        List<LabelledText> texts = rows.read(labels);
        DriftBaseline made;
        try (ProgressBar bar = Progress.bar("measuring", "runs", (long) DriftMeasure.PASSES * texts.size())) {
            made = DriftMeasure.of(on.base(), folder, texts, bar::step).drift();
        }
        if (json) {
            Objects.requireNonNull(spec)
                    .commandLine()
                    .getOut()
                    .println(DraftJson.of(folder).put("rows", texts.size()));
            return 0;
        }
        Objects.requireNonNull(spec)
                .commandLine()
                .getOut()
                .printf(
                        "%d texts, labels %s, median confidence %.3f%s%n",
                        texts.size(),
                        made == null ? List.of() : made.labels(),
                        made == null ? Double.NaN : median(made.confidence()),
                        made == null || made.distance().isEmpty()
                                ? ""
                                : ", median distance to the nearest centroid %.3f".formatted(median(made.distance())));
        return 0;
    }

    private static double median(List<Double> quantiles) {
        return quantiles.get(quantiles.size() / 2);
    }
}
