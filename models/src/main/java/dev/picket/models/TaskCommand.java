package dev.picket.models;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.models.task.RowFile;
import dev.picket.models.task.TaskDraft;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Scaffolds tasks. */
@Command(name = "task", description = "Begins a task.", subcommands = TaskCommand.New.class)
final class TaskCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getErr());
        }
        return Workshop.USAGE;
    }

    @Command(
            name = "new",
            description = {
                "Makes a task's folder: a draft of task.json, a README of the next steps, an example of a data file.",
                "Its head knows nothing yet; 'workshop train' fits it, and 'workshop calibrate' says when its answers stand."
            })
    static final class New implements Callable<Integer> {
        private static final int MAX_LABELS = 256;
        private static final JsonMapper JSON = JsonMapper.builder().build();

        @Spec
        private @Nullable CommandSpec spec;

        @Parameters(paramLabel = "NAME", description = "Name of the task.")
        private String name = "";

        @Mixin
        private BaseOption on = new BaseOption();

        @Option(names = "--out", paramLabel = "TASK_DIR", description = "Folder to write; else NAME.")
        private @Nullable Path out;

        @Option(
                names = "--task-version",
                paramLabel = "VERSION",
                defaultValue = "0.1.0",
                description = "Its version (${DEFAULT-VALUE}).")
        private String version = "";

        @Option(
                names = "--label",
                paramLabel = "NAME=PRIORITY",
                description = "A label with its priority (alarm, notice, routine); once per label.")
        private Map<String, String> labels = new LinkedHashMap<>();

        @Option(
                names = "--labels-of",
                paramLabel = "FILE",
                description = "Take the labels of these rows, each routine unless --label says otherwise.")
        private @Nullable Path labelsOf;

        @Mixin
        private PromptOptions prompt = new PromptOptions();

        @Option(names = "--json", description = "Print one JSON object.")
        private boolean json;

        @Override
        public Integer call() throws IOException, BadArtefactException {
            CommandSpec command = Objects.requireNonNull(spec);
            Path folder = out == null ? Path.of(name) : out;
            requireEmpty(folder);
            Map<String, String> wanted = new LinkedHashMap<>();
            if (labelsOf != null) {
                new RowFile(labelsOf, RowFile.Limits.DEFAULT).labels().forEach(each -> wanted.put(each, "routine"));
            }
            wanted.putAll(labels);
            if (wanted.size() < 2 || wanted.size() > MAX_LABELS) {
                throw new BadArtefactException("A task has 2 to " + MAX_LABELS + " labels, and this would have "
                        + wanted.size() + "; name them with --label NAME=PRIORITY or --labels-of FILE.");
            }
            BaseFolder base = BaseFolder.read(on.base());
            if (base.manifest().graph().hiddenSize() == 0) {
                throw new BadArtefactException("The base " + on.base()
                        + " gives no hidden state that a head could be fitted on; export it with its hidden states.");
            }
            List<TaskManifest.Label> named = LabelArguments.parse(command, wanted, List.of());
            TaskDraft.write(folder, base, name, version, named, prompt.checked(on.base()));
            write(folder.resolve("README.md"), readme(folder));
            write(folder.resolve("example.jsonl"), example(named));
            command.commandLine().getOut().println(json ? DraftJson.of(folder) : folder.resolve("README.md"));
            return 0;
        }

        private static void requireEmpty(Path folder) throws IOException, BadArtefactException {
            TaskFiles.settle(folder);
            if (Files.exists(folder)) {
                try (Stream<Path> there = Files.list(folder)) {
                    if (there.findAny().isPresent()) {
                        throw new BadArtefactException(folder + " is not empty; name another folder with --out.");
                    }
                }
            }
        }

        private static void write(Path file, String content) throws IOException {
            AtomicFiles.write(file, content.getBytes(StandardCharsets.UTF_8));
        }

        private String readme(Path folder) {
            return """
                    # Task %1$s

                    A draft: its head knows nothing, so it escalates everything. Collect labelled texts as in `example.jsonl`, one JSON object
                    a line with `text` and `label` (and what you may want to split figures by, such as `machine` and `time`). A few hundred
                    rows a label are a good start; with 60 rows that it accepts and gets right, a threshold can be shown to keep to an error rate
                    of 5 %%, and fewer show none. Put them in one file, here `data.jsonl`; a hash of each text says what its row is for.

                        ./picket workshop train %2$s --base %3$s --data data.jsonl --head
                        ./picket workshop calibrate %2$s --base %3$s --rows data.jsonl --part calibrate
                        ./picket workshop evaluate %2$s --base %3$s --rows data.jsonl --part test --html report.html
                        ./picket release add base %3$s --repository REPOSITORY
                        ./picket release add task %2$s --repository REPOSITORY

                    `calibrate` puts up to 40 rows of each label into `exam.jsonl`, which travels with the task to every gateway: leave out of
                    your data what must not travel.

                    Where words alone decide, `train --ngrams 20000` lets the head see them too. Where the head is not enough, `train --lora`
                    trains an adapter. Before release, set in `task.json` each label's priority, and `"escalate": true` where a person should see
                    every one. Any change of labels, prompt, adapter or head asks for `calibrate` again.
                    """.formatted(name, folder, on.base());
        }

        private static String example(List<TaskManifest.Label> labels) {
            StringBuilder rows = new StringBuilder();
            int day = 1;
            for (TaskManifest.Label label : labels.subList(0, Math.min(labels.size(), 9))) {
                rows.append(JSON.createObjectNode()
                                .put("text", "A text that is " + label.name())
                                .put("label", label.name())
                                .put("machine", "press-" + (day % 2 + 1))
                                .put("time", "2026-01-0" + day++ + "T08:00:00Z"))
                        .append('\n');
            }
            return rows.toString();
        }
    }
}
