package dev.picket.models;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.models.task.LabelledText;
import dev.picket.models.task.Part;
import dev.picket.models.task.RowFile;
import dev.picket.models.task.TaskCalibration;
import dev.picket.models.task.TaskFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "calibrate",
        description = {
            "Fits temperature, bias and thresholds of a task, and makes its drift baseline and exam.",
            "The rows are cut in two by a hash of their texts, near-identical ones together: temperature and bias are fitted"
                    + " on the one half, thresholds are tested with the other.",
            "With --part calibrate, temperature and bias are fitted on the part dev, and all of the part calibrate tests thresholds."
        })
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
            names = "--fit-rows",
            paramLabel = "FILE",
            description =
                    "Fit temperature and bias on these instead, which the model may have been chosen by; then all of"
                            + " --rows test thresholds.")
    private @Nullable Path fitRows;

    @Option(
            names = "--max-error",
            defaultValue = "0.05",
            description = "Error rate of accepted texts that the thresholds keep to (${DEFAULT-VALUE}).")
    private double maxError;

    @Option(
            names = "--balance",
            paramLabel = "POWER",
            defaultValue = "0",
            description =
                    "How much rare labels count where temperature and bias are fitted, from 0, as often as they come, to 1, as much"
                            + " as the others (${DEFAULT-VALUE}); what they gain in recall is paid in accuracy and calibration.")
    private double balance;

    @Option(
            names = "--exam-rows",
            defaultValue = "40",
            description = "The most rows of one label in the exam (${DEFAULT-VALUE}).")
    private int examRows;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException, BadArtefactException {
        if (!(maxError > 0 && maxError < 1) || !(balance >= 0 && balance <= 1) || examRows < 1) {
            throw new CommandLine.ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--max-error lies between 0 and 1, --balance is from 0 to 1, and --exam-rows is at least 1.");
        }
        Path folder = Objects.requireNonNull(task);
        List<String> labels = TaskFiles.read(folder).manifest().labelNames();
        List<LabelledText> texts = rows.read(labels);
        List<LabelledText> others = others(labels);
        TaskCalibration calibration = new TaskCalibration(on.base(), folder, maxError, examRows, balance);
        TaskCalibration.Outcome made;
        try (ProgressBar bar =
                Progress.bar("scoring", "runs", (long) TaskCalibration.PASSES * (texts.size() + others.size()))) {
            made = others.isEmpty() ? calibration.run(texts, bar::step) : calibration.run(others, texts, bar::step);
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (json) {
            out.println(object(made));
        } else {
            print(out, made);
        }
        return 0;
    }

    /** Rows to fit on; empty where those of --rows are halved. */
    private List<LabelledText> others(List<String> labels) throws IOException, BadArtefactException {
        if (fitRows != null) {
            return new RowFile(fitRows, rows.limits()).read(labels, null);
        }
        return rows.isPart(Part.CALIBRATE) ? rows.readPart(labels, Part.DEV) : List.of();
    }

    private void print(PrintWriter out, TaskCalibration.Outcome made) {
        TaskManifest whole = made.task();
        out.printf(
                "temperature %.3f, bias %s, fitted on %d rows; ECE on the others %.3f, before %.3f%n",
                whole.calibration().temperature(),
                whole.calibration().bias().stream().map("%.3f"::formatted).toList(),
                made.fitRows(),
                made.errorAfter(),
                made.errorBefore());
        for (int label = 0; label < made.rowsOfLabel().size(); label++) {
            if (made.rowsOfLabel().get(label) == 0) {
                out.printf(
                        "Warning: none of them has the label %s%n",
                        whole.labelNames().get(label));
            }
        }
        if (made.leftOut() > 0) {
            out.printf("%d rows nearly stand among those fitted on and test nothing%n", made.leftOut());
        }
        out.printf("thresholds tested with %d rows that had no part in it, each at 95 %%:%n", made.testRows());
        TaskManifest.Threshold threshold = whole.decision().threshold();
        out.println(
                threshold == null
                        ? "  task: none keeps to the error rate"
                                + (whole.decision().perLabel().isEmpty()
                                        ? ", so every text escalates; give more rows, or a better task"
                                        : "")
                        : "  task: " + shown(threshold));
        new TreeMap<>(whole.decision().perLabel()).forEach((label, own) -> out.printf("  %s: %s%n", label, shown(own)));
        out.printf(
                "accepted %d of them, %d wrong; exam claim macro-F1 %.2f%n",
                made.accepted(), made.acceptedWrong(), whole.exam().macroF1());
    }

    private static String shown(TaskManifest.Threshold threshold) {
        return "%.6f (error at most %.3f)".formatted(threshold.value(), threshold.bound());
    }

    private static ObjectNode object(TaskCalibration.Outcome made) {
        TaskManifest whole = made.task();
        ObjectNode top = JsonMapper.builder().build().createObjectNode();
        top.put("task", whole.name()).put("scoringDigest", whole.calibration().scoringDigest());
        top.put("temperature", whole.calibration().temperature());
        whole.calibration().bias().forEach(top.putArray("bias")::add);
        top.put("fitRows", made.fitRows()).put("testRows", made.testRows()).put("leftOut", made.leftOut());
        top.put("eceBefore", made.errorBefore()).put("eceAfter", made.errorAfter());
        TaskManifest.Threshold threshold = whole.decision().threshold();
        if (threshold == null) {
            top.putNull("threshold");
        } else {
            put(top.putObject("threshold"), threshold);
        }
        ObjectNode perLabel = top.putObject("perLabel");
        for (Map.Entry<String, TaskManifest.Threshold> each :
                new TreeMap<>(whole.decision().perLabel()).entrySet()) {
            put(perLabel.putObject(each.getKey()), each.getValue());
        }
        top.put("accepted", made.accepted()).put("acceptedWrong", made.acceptedWrong());
        top.put("examMacroF1", whole.exam().macroF1());
        return top;
    }

    private static void put(ObjectNode to, TaskManifest.Threshold threshold) {
        to.put("value", threshold.value()).put("n", threshold.n()).put("bound", threshold.bound());
    }
}
