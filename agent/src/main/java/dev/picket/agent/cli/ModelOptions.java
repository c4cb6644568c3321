package dev.picket.agent.cli;

import ai.onnxruntime.OrtEnvironment;
import dev.picket.agent.DiskFault;
import dev.picket.agent.Natives;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.ProviderChoice;
import dev.picket.inference.engine.Providers;
import dev.picket.inference.engine.Scheduling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that load a base and its tasks from folders, without an agent. */
final class ModelOptions {
    private static final long PREFIX_BYTES = 256L << 20;
    private static final int MAX_RANK = 256;
    private static final int MAX_TASKS = 64;

    @Option(
            names = "--base",
            paramLabel = "DIR",
            description = "A base's folder; default: the released one of this checkout.")
    private @Nullable Path base;

    @Option(
            names = "--tasks",
            paramLabel = "DIR",
            description = "A folder of task folders; default: 'tasks' beside the base.")
    private @Nullable Path tasks;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads inside one run; default: one for each processor.")
    private int threads = Runtime.getRuntime().availableProcessors();

    private final Providers providers = Providers.cpu();

    /** The only task to load; null for all of the folder. */
    private @Nullable Path single;

    /** Refuses folders where the running agent is asked. */
    void requireNone() throws CommandFailure {
        if (base != null || tasks != null) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--config asks the running agent; leave --base and --tasks out, or --config");
        }
    }

    /** One run at a time with the threads that were asked for. */
    EngineOptions options() {
        return new EngineOptions(1, threads, PREFIX_BYTES, MAX_RANK, providers);
    }

    /** As an agent would serve the base: with the runs and threads that are measured to be the fastest here. */
    EngineOptions scheduled() throws CommandFailure {
        EngineOptions open = new EngineOptions(0, 0, PREFIX_BYTES, MAX_RANK, providers);
        requireNoTelemetry();
        requireFolder(baseFolder(), "--base");
        try {
            return open.with(Scheduling.usual().choose(BaseFolder.read(baseFolder()), open));
        } catch (BadArtefactException e) {
            throw new CommandFailure(ExitCode.DATA, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "the model cannot be read: " + DiskFault.reason(e));
        }
    }

    /** The execution provider that answered for the base that was loaded last; {@code none} where none was loaded. */
    String provider() {
        return providers.latest().map(ProviderChoice::provider).orElse("none");
    }

    Path baseFolder() throws CommandFailure {
        return base == null ? released() : base;
    }

    /**
     * The name of a task that was given by its name or by its folder; a folder's task is the only one that is loaded.
     *
     * @param task a name, or a folder with a task.json
     */
    String named(String task) throws CommandFailure {
        Path folder = Path.of(task);
        if (!Files.isRegularFile(folder.resolve(TaskManifest.FILE))) {
            return task;
        }
        single = folder;
        try {
            return TaskFolder.read(folder).manifest().name();
        } catch (BadArtefactException e) {
            throw new CommandFailure(ExitCode.DATA, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "the task cannot be read: " + DiskFault.reason(e));
        }
    }

    /** The folder of one task by its name. */
    Path taskFolder(String task) throws CommandFailure {
        return single == null ? taskFolders().resolve(task) : single;
    }

    private Path taskFolders() throws CommandFailure {
        return tasks == null ? baseFolder().resolveSibling("tasks") : tasks;
    }

    Classifier open() throws CommandFailure {
        return open(options());
    }

    Classifier open(EngineOptions options) throws CommandFailure {
        Path baseFolder = baseFolder();
        requireNoTelemetry();
        requireNatives();
        requireFolder(baseFolder, "--base");
        if (single == null) {
            requireFolder(taskFolders(), "--tasks");
        }
        try {
            List<TaskFolder> read = new ArrayList<>();
            for (Path folder : single == null ? folders(taskFolders()) : List.of(single)) {
                read.add(TaskFolder.read(folder));
            }
            return Classifier.open(BaseFolder.read(baseFolder), read, options);
        } catch (BadArtefactException e) {
            throw new CommandFailure(ExitCode.DATA, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "the model cannot be read: " + DiskFault.reason(e));
        }
    }

    /** ONNX Runtime reports to its maker otherwise. */
    static void requireNoTelemetry() throws CommandFailure {
        if (!"1".equals(System.getenv("ORT_DISABLE_TELEMETRY"))) {
            throw new CommandFailure(ExitCode.CONFIG, "set ORT_DISABLE_TELEMETRY=1 before the process starts");
        }
    }

    private static void requireNatives() throws CommandFailure {
        String trouble = Natives.trouble();
        if (!trouble.isEmpty()) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, trouble);
        }
    }

    private static void requireFolder(Path folder, String option) throws CommandFailure {
        if (!Files.isDirectory(folder)) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, "there is no folder " + folder + "; name the right one with " + option);
        }
    }

    /** The version of ONNX Runtime that is linked. */
    static String runtimeVersion() {
        return OrtEnvironment.getEnvironment().getVersion();
    }

    private static Path released() throws CommandFailure {
        String root = System.getenv("PICKET_ROOT");
        Path folder = Path.of(root == null ? "." : root, "models", "released", "base");
        if (!Files.isDirectory(folder)) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "no base was named and there is none at " + folder + "; name one with --base");
        }
        return folder;
    }

    private static List<Path> folders(Path parent) throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(entry -> Files.exists(entry.resolve("task.json")))
                    .sorted()
                    .limit(MAX_TASKS)
                    .toList();
        }
    }
}
