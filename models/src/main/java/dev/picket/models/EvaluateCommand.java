package dev.picket.models;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.exam.Metrics;
import dev.picket.models.task.LabelledText;
import dev.picket.models.task.TaskDesk;
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
        name = "evaluate",
        description = "Measures a task on labelled texts, through the classifier that the gateway runs.")
final class EvaluateCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    private static final int BINS = 15;

    @Parameters(paramLabel = "TASK_DIR", description = "The task.")
    private @Nullable Path task;

    @Mixin
    private RowOptions rows = new RowOptions();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException, BadArtefactException {
        TaskDesk.Evaluation done;
        try (TaskDesk desk = TaskDesk.open(rows.base(), Objects.requireNonNull(task))) {
            List<LabelledText> texts = rows.read(desk.manifest().labelNames());
            try (ProgressBar bar = Progress.bar("classifying", "texts", texts.size())) {
                done = desk.evaluate(texts, bar::step);
            }
        }
        Objects.requireNonNull(spec)
                .commandLine()
                .getOut()
                .println(json ? object(done).toString() : table(done));
        return 0;
    }

    private static ObjectNode object(TaskDesk.Evaluation done) {
        Metrics metrics = done.metrics();
        ObjectNode top = JsonMapper.builder().build().createObjectNode();
        top.put("task", done.task().name()).put("taskDigest", done.taskDigest());
        top.put("base", done.baseDigest()).put("rows", metrics.rows());
        top.put("accuracy", metrics.accuracy()).put("macroF1", metrics.macroF1(1));
        top.put("ece", metrics.calibrationError(BINS));
        top.put("accepted", done.accepted()).put("acceptedWrong", done.acceptedWrong());
        ArrayNode labels = top.putArray("labels");
        for (int label = 0; label < done.task().labels().size(); label++) {
            labels.addObject()
                    .put("name", done.task().labelNames().get(label))
                    .put("rows", metrics.rows(label))
                    .put("right", metrics.count(label, label))
                    .put("f1", metrics.f1(label));
        }
        return top;
    }

    private static String table(TaskDesk.Evaluation done) {
        Metrics metrics = done.metrics();
        StringBuilder text = new StringBuilder();
        for (int label = 0; label < done.task().labels().size(); label++) {
            text.append("%-24s %6d rows %6d right   F1 %.3f%n"
                    .formatted(
                            done.task().labelNames().get(label),
                            metrics.rows(label),
                            metrics.count(label, label),
                            metrics.f1(label)));
        }
        return text.append("%d rows, accuracy %.3f, macro-F1 %.3f, ECE %.3f; accepted %d, of them wrong %d"
                        .formatted(
                                metrics.rows(),
                                metrics.accuracy(),
                                metrics.macroF1(1),
                                metrics.calibrationError(BINS),
                                done.accepted(),
                                done.acceptedWrong()))
                .toString();
    }
}
