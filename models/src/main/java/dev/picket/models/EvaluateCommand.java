package dev.picket.models;

import dev.picket.inference.BadArtefactException;
import dev.picket.models.evaluation.Evaluation;
import dev.picket.models.evaluation.EvaluationHtml;
import dev.picket.models.evaluation.EvaluationJson;
import dev.picket.models.evaluation.EvaluationTable;
import dev.picket.models.evaluation.Evaluator;
import dev.picket.models.task.LabelledText;
import dev.picket.models.task.RowFile;
import dev.picket.models.task.TaskDesk;
import dev.picket.models.task.TaskFiles;
import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        name = "evaluate",
        description = {
            "Measures tasks on labelled texts, through the classifier that the gateway runs.",
            "Each figure comes with the interval that holds 95 of 100 of its values when the rows are drawn again."
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final int MAX_CANDIDATES = 8;
    private static final int MAX_RESAMPLES = 100_000;
    /** Of resamples, 8 bytes each. */
    private static final long MAX_NUMBERS = 12_000_000;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "TASK_DIR",
            arity = "1..*",
            description = "The task; several with the same labels stand side by side, each against the first.")
    private List<Path> tasks = List.of();

    @Option(
            names = "--base",
            required = true,
            paramLabel = "BASE_DIR",
            description = "The base it is for; once for all tasks, or once for each in their order.")
    private List<Path> bases = List.of();

    @Option(
            names = "--unquantised",
            paramLabel = "BASE_DIR",
            description =
                    "The base's checkpoint, imported with --precision FLOAT32: the first task stands beside itself on it, and on"
                            + " how many rows both give the same label is told.")
    private @Nullable Path unquantised;

    @Mixin
    private RowOptions rows = new RowOptions();

    @Option(
            names = "--group",
            paramLabel = "FIELD[:N]",
            description =
                    "Split by a field of the rows, such as the machine; by its first N characters only with :N, so"
                            + " time:7 is the month of an ISO 8601 time.")
    private @Nullable String group;

    @Option(
            names = "--against",
            paramLabel = "FILE",
            description =
                    "Rows that the task was trained on; a warning tells how many of the others nearly stand in it.")
    private List<Path> against = List.of();

    @Option(names = "--seed", defaultValue = "20", description = "Of the resamples (${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--resamples",
            paramLabel = "N",
            defaultValue = "1000",
            description = "That an interval is read from (${DEFAULT-VALUE}).")
    private int resamples;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write a report with plots, one page without anything beside it.")
    private @Nullable Path html;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException, BadArtefactException {
        check();
        List<String> labels = TaskFiles.read(tasks.getFirst()).manifest().labelNames();
        requireRoom(labels.size());
        List<LabelledText> texts = rows.read(labels, groupField());
        Map<String, List<LabelledText>> others = others(labels);
        Evaluator evaluator = new Evaluator(rows.file().toString(), labels, texts, seed, resamples);
        try (ProgressBar bar = Progress.bar("classifying", "texts", (long) texts.size() * tasks.size())) {
            for (int i = 0; i < tasks.size(); i++) {
                try (TaskDesk desk = TaskDesk.open(bases.get(bases.size() == 1 ? 0 : i), tasks.get(i))) {
                    evaluator.ask(tasks.get(i).toString(), desk, bar::step);
                }
            }
        }
        askUnquantised(evaluator, texts.size());
        if (group != null) {
            evaluator.split(group);
        }
        others.forEach(evaluator::holdAgainst);
        Evaluation found = evaluator.finish();
        Objects.requireNonNull(spec)
                .commandLine()
                .getOut()
                .println(json ? EvaluationJson.of(found).toString() : EvaluationTable.of(found));
        if (html != null) {
            AtomicFiles.write(html, EvaluationHtml.of(found).getBytes(StandardCharsets.UTF_8));
        }
        return 0;
    }

    private void askUnquantised(Evaluator evaluator, int texts) throws IOException, BadArtefactException {
        if (unquantised == null) {
            return;
        }
        Path task = tasks.getFirst();
        try (ProgressBar bar = Progress.bar("without rounding", "texts", texts);
                TaskDesk desk = TaskDesk.openUnquantised(bases.getFirst(), unquantised, task)) {
            evaluator.ask(task + " on " + unquantised, desk, bar::step);
        }
    }

    /** Read before any task is asked, which takes long: a name that is wrong is told at once. */
    private Map<String, List<LabelledText>> others(List<String> labels) throws IOException, BadArtefactException {
        Map<String, List<LabelledText>> others = new LinkedHashMap<>();
        for (Path each : against) {
            others.put(each.toString(), rows.readOther(each, labels));
        }
        return others;
    }

    private void check() {
        if (html != null && !isWritable(html)) {
            throw wrong("--html " + html + " cannot be written; name a file in a folder that is there.");
        }
        if (tasks.size() > MAX_CANDIDATES) {
            throw wrong("At most " + MAX_CANDIDATES + " tasks can stand side by side.");
        }
        if (bases.size() != 1 && bases.size() != tasks.size()) {
            throw wrong("Give --base once for all tasks, or once for each of the " + tasks.size() + ".");
        }
        if (resamples < 1 || resamples > MAX_RESAMPLES) {
            throw wrong("--resamples is a number from 1 to " + MAX_RESAMPLES + ".");
        }
    }

    private RowFile.@Nullable GroupField groupField() {
        if (group == null) {
            return null;
        }
        int colon = group.lastIndexOf(':');
        if (colon < 0) {
            return new RowFile.GroupField(group, 0);
        }
        try {
            int characters = Integer.parseInt(group.substring(colon + 1));
            if (characters >= 1) {
                return new RowFile.GroupField(group.substring(0, colon), characters);
            }
        } catch (NumberFormatException e) {
            throw new CommandLine.ParameterException(
                    Objects.requireNonNull(spec).commandLine(), noCharacters(), e);
        }
        throw wrong(noCharacters());
    }

    private String noCharacters() {
        return "--group " + group + " does not end in a number of characters, as time:7 does.";
    }

    private void requireRoom(int labels) {
        long numbers = Evaluator.numbers(labels, tasks.size() + (unquantised == null ? 0 : 1), resamples);
        if (numbers > MAX_NUMBERS) {
            throw wrong(resamples + " resamples of " + tasks.size() + " tasks with " + labels + " labels are " + numbers
                    + " numbers, more than the " + MAX_NUMBERS + " that are held; give fewer --resamples.");
        }
    }

    private static boolean isWritable(Path page) {
        Path folder = page.toAbsolutePath().getParent();
        return folder != null && Files.isDirectory(folder) && Files.isWritable(folder) && !Files.isDirectory(page);
    }

    private CommandLine.ParameterException wrong(String sentence) {
        return new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), sentence);
    }
}
