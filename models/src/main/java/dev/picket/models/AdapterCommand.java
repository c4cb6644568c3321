package dev.picket.models;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.models.task.PeftFolder;
import dev.picket.models.task.TaskDraft;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "adapter", description = "Makes a task out of a PEFT folder; calibrate it before it is used.")
final class AdapterCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "PEFT_DIR", description = "Folder with adapter_config.json and adapter_model.safetensors.")
    private @Nullable Path source;

    @Option(names = "--base", required = true, paramLabel = "BASE_DIR", description = "The base it was trained on.")
    private @Nullable Path base;

    @Option(names = "--out", required = true, paramLabel = "TASK_DIR", description = "Folder to write.")
    private @Nullable Path out;

    @Option(names = "--name", required = true, description = "Name of the task.")
    private String name = "";

    @Option(names = "--task-version", defaultValue = "0.1.0", description = "Its version (${DEFAULT-VALUE}).")
    private String version = "";

    @Option(
            names = "--label",
            required = true,
            paramLabel = "NAME=PRIORITY",
            description = "A label with its priority (alarm, notice, routine); once per label, in the head's order.")
    private Map<String, String> labels = Map.of();

    @Option(names = "--escalate", paramLabel = "NAME", description = "A label that a person always sees.")
    private List<String> escalated = List.of();

    @Mixin
    private PromptOptions prompt = new PromptOptions();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException, BadArtefactException {
        CommandSpec command = Objects.requireNonNull(spec);
        List<TaskManifest.Label> named = LabelArguments.parse(command, labels, escalated);
        Path folder = Objects.requireNonNull(out);
        TaskDraft.write(
                folder,
                Objects.requireNonNull(base),
                new PeftFolder(Objects.requireNonNull(source)),
                name,
                version,
                named,
                prompt.checked(Objects.requireNonNull(base)));
        command.commandLine().getOut().println(json ? DraftJson.of(folder) : folder.resolve(TaskManifest.FILE));
        return 0;
    }
}
