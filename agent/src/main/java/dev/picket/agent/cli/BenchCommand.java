package dev.picket.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.bench.Result;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.status.Build;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.ClassificationException;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures speed as ratios against a floor that is measured in the same run. */
@Command(
        name = "bench",
        description = {
            "Measures speed as ratios against a floor that is measured in the same run: ours and the bare way take",
            "turns in one process, and the value is the median of the rounds' ratios."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class BenchCommand implements Callable<Integer> {
    /** What could not be measured, and why. */
    private record Skipped(String name, String reason) {}

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(
            names = "--task",
            paramLabel = "NAME|DIR",
            description = "The task to ask, by its name or its folder; default: ${DEFAULT-VALUE}.")
    private String task = "fraud";

    @Option(
            names = "--broker",
            paramLabel = "URI",
            description = "Where to publish, as mqtt://host:port; default: a Mosquitto of its own.")
    private @Nullable URI broker;

    @Option(
            names = "--disk",
            paramLabel = "DIR",
            description = "A folder on the disk to measure; default: the temporary one.")
    private @Nullable Path disk;

    @Option(
            names = "--synthetic",
            paramLabel = "DIR",
            arity = "0..1",
            fallbackValue = "",
            description = {
                "A base with random weights, for what only a large base shows. Without DIR, from a checkout: one of half a",
                "billion parameters, made when it is not there (310 MB under models/target)."
            })
    private @Nullable Path synthetic;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            description = "Only the benchmark of this name, or those whose names begin with it.")
    private String only = "";

    @Option(
            names = "--long",
            description =
                    "A backlog of a million rows instead of a hundred thousand, a file of 2 GiB instead of 256 MiB, a million texts; takes long.")
    private boolean large;

    @Option(names = "--json", description = "One JSON object instead of a table.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private final List<Result> results = new ArrayList<>();
    private final List<Skipped> skipped = new ArrayList<>();

    @Override
    public Integer call() throws CommandFailure, InterruptedException, JsonProcessingException {
        Path folder = folder();
        Map<String, Benches.Bench> benches =
                new Benches(folder, model, model.named(task), broker, synthetic(), large).named(only);
        int done = 0;
        try (TerminalProgress bar = TerminalProgress.ofSteps("bench", benches.size(), false)) {
            for (Map.Entry<String, Benches.Bench> each : benches.entrySet()) {
                bar.say(each.getKey());
                measure(each.getKey(), each.getValue());
                bar.accept(++done);
            }
        } finally {
            remove(folder);
        }
        print();
        return ExitCode.OK;
    }

    private void measure(String name, Benches.Bench bench) throws InterruptedException {
        try {
            results.add(bench.run());
        } catch (BadArtefactException
                | BrokerUnavailableException
                | ClassificationException
                | CommandFailure
                | IOException
                | JournalUnavailableException
                | NewerSchemaException
                | UnavailableException e) {
            skipped.add(new Skipped(name, String.valueOf(e.getMessage())));
        }
    }

    /** Without a folder: where the launcher of a checkout makes one. */
    private @Nullable Path synthetic() {
        return synthetic != null && synthetic.toString().isEmpty()
                ? Path.of(System.getenv().getOrDefault("PICKET_ROOT", "."), "models", "target", "synthetic-0.5b")
                : synthetic;
    }

    private void print() throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("machine", machine());
        report.put("versions", versions());
        report.put("results", results);
        report.put("skipped", skipped);
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(report));
            return;
        }
        out.println(machine());
        out.printf("%-24s %9s %9s %9s %14s %14s%n", "name", "median", "low", "high", "measured", "floor");
        for (Result each : results) {
            out.printf(
                    Locale.ROOT,
                    "%-24s %9.3f %9.3f %9.3f %14.3f %14.3f%n",
                    each.name(),
                    each.value(),
                    each.low(),
                    each.high(),
                    each.measured(),
                    each.floor());
        }
        skipped.forEach(each -> out.printf("%-24s skipped: %s%n", each.name(), each.reason()));
    }

    private static Map<String, Object> machine() {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("processors", Runtime.getRuntime().availableProcessors());
        machine.put("architecture", System.getProperty("os.arch"));
        machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("heapMegabytes", Runtime.getRuntime().maxMemory() >> 20);
        return machine;
    }

    private Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("picket", Build.version());
        versions.put("java", Runtime.version().toString());
        versions.put("onnxruntime", ModelOptions.runtimeVersion());
        versions.put("provider", model.provider());
        return versions;
    }

    private Path folder() throws CommandFailure {
        try {
            return disk == null
                    ? Files.createTempDirectory("picket-bench-")
                    : Files.createTempDirectory(disk, "picket-bench-");
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "no folder for the bench can be made: " + e.getMessage());
        }
    }

    private static void remove(Path folder) throws CommandFailure {
        try {
            AtomicFiles.removeTree(folder);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, folder + " could not be removed: " + e.getMessage());
        }
    }
}
