package dev.picket.agent.cli;

import dev.picket.agent.bench.BacklogBench;
import dev.picket.agent.bench.ClassifyBench;
import dev.picket.agent.bench.JournalBench;
import dev.picket.agent.bench.ParallelBench;
import dev.picket.agent.bench.PipelineBench;
import dev.picket.agent.bench.Resident;
import dev.picket.agent.bench.ResidentBench;
import dev.picket.agent.bench.Result;
import dev.picket.agent.bench.ShapeBench;
import dev.picket.agent.bench.StartBench;
import dev.picket.agent.bench.SwapBench;
import dev.picket.agent.bench.UpdateBench;
import dev.picket.agent.bench.UplinkBench;
import dev.picket.agent.bench.VerifyBench;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.update.Step;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The benchmarks by name, in the order in which they run; nothing is opened before its turn. */
final class Benches {
    /** One benchmark; what it throws is the reason why it is skipped. */
    @FunctionalInterface
    interface Bench {
        Result run()
                throws BadArtefactException, BrokerUnavailableException, ClassificationException, CommandFailure,
                        InterruptedException, IOException, JournalUnavailableException, NewerSchemaException,
                        UnavailableException;
    }

    /** One figure of the updates that are made once for all of them. */
    @FunctionalInterface
    private interface OfUpdates {
        Result of(UpdateBench bench) throws UnavailableException, IOException, InterruptedException;
    }

    private final Path folder;
    private final ModelOptions model;
    private final String task;
    private final @Nullable URI broker;
    private final @Nullable Path synthetic;
    private final boolean large;
    private final JournalConfig journal = ConfigLoader.defaults(JournalConfig.class);
    private final UplinkConfig uplink = ConfigLoader.defaults(UplinkConfig.class);
    private @Nullable UpdateBench updates;
    private @Nullable StartBench start;

    /**
     * @param folder where files are made; it is there
     * @param task the name of the task that is asked
     * @param broker null for a Mosquitto of its own
     * @param synthetic a base with random weights; null where there is none
     */
    Benches(
            Path folder,
            ModelOptions model,
            String task,
            @Nullable URI broker,
            @Nullable Path synthetic,
            boolean large) {
        this.folder = folder;
        this.model = model;
        this.task = task;
        this.broker = broker;
        this.synthetic = synthetic;
        this.large = large;
    }

    /** The one of that name, or those whose names begin with it. */
    Map<String, Bench> named(String beginning) throws CommandFailure {
        Map<String, Bench> named = all();
        named.keySet().removeIf(name -> !name.startsWith(beginning));
        if (named.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "no benchmark's name begins with '" + beginning + "'; there are "
                            + String.join(", ", all().keySet()));
        }
        return named;
    }

    private Map<String, Bench> all() {
        Map<String, Bench> all = new LinkedHashMap<>();
        all.put("classify-overhead", this::classify);
        all.put("prefix-cache-speedup", () -> shape().prefixCache());
        all.put("scoring-speedup", () -> shape().scoring());
        all.put("last-position-head-speedup", () -> shape().lastPosition());
        all.put("adapter-swap-extra-texts", this::swap);
        all.put("parallel-speedup", () -> new ParallelBench(BaseFolder.read(model.baseFolder())).run());
        all.put("pipeline-ratio", this::pipeline);
        all.put("resident-growth", this::resident);
        all.put("journal-append-ratio", () -> new JournalBench(folder, journal).run());
        all.put("bytes-per-row", () -> new JournalBench(folder, journal).bytes());
        all.put("uplink-drain-ratio", () -> new UplinkBench(folder, journal, uplink, broker).run());
        BacklogBench backlog = new BacklogBench(folder, journal, uplink, broker, large);
        all.put("backlog-start-ratio", backlog::start);
        all.put("backlog-drain-flatness", backlog::flatness);
        all.put("update-wire-bytes", () -> update(UpdateBench::wire));
        all.put("update-switch-pause", () -> update(UpdateBench::pause));
        all.put("update-shadow-rate", () -> update(UpdateBench::shadow));
        for (Step step : UpdateBench.STEPS) {
            all.put(UpdateBench.nameOf(step), () -> update(bench -> bench.step(step)));
        }
        all.put("start-ready-millis", () -> started().readyMillis());
        all.put("start-serving-millis", () -> started().servingMillis());
        all.put("start-aot-speedup", () -> started().speedup());
        for (Resident.Part part : Resident.Part.values()) {
            all.put(part.figure(), () -> started().resident(part));
        }
        all.put("update-verify-memory", () -> new VerifyBench(folder, large).run());
        return all;
    }

    private Result classify() throws CommandFailure, ClassificationException {
        try (Classifier classifier = withTask(model.options())) {
            return new ClassifyBench(classifier, task).run();
        }
    }

    private ShapeBench shape() throws CommandFailure, BadArtefactException, IOException {
        if (synthetic == null) {
            throw new CommandFailure(
                    ExitCode.USAGE, "it needs a base with random weights: --synthetic, from a checkout");
        }
        if (!Files.isDirectory(synthetic)) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "there is no folder " + synthetic + "; make one with 'picket workshop synthetic --out " + synthetic
                            + "'");
        }
        return new ShapeBench(BaseFolder.read(synthetic), model.options());
    }

    private Result swap() throws CommandFailure, ClassificationException, BadArtefactException, IOException {
        try (Classifier classifier = withTask(model.options())) {
            return new SwapBench(classifier, TaskFolder.read(model.taskFolder(task))).run();
        }
    }

    private Result pipeline()
            throws CommandFailure, ClassificationException, InterruptedException, IOException,
                    JournalUnavailableException, NewerSchemaException {
        EngineOptions options = model.scheduled();
        try (Classifier classifier = withTask(options)) {
            return new PipelineBench(folder, journal, classifier, task, options.runs()).run();
        }
    }

    private Result resident() throws CommandFailure, IOException, InterruptedException {
        return new ResidentBench(model.baseFolder(), model.taskFolder(task), large).run();
    }

    private Result update(OfUpdates figure)
            throws CommandFailure, UnavailableException, IOException, InterruptedException {
        UpdateBench bench = updates;
        if (bench == null) {
            bench = new UpdateBench(folder, model.baseFolder(), model.taskFolder(task), task);
            updates = bench;
        }
        return figure.of(bench);
    }

    private StartBench started() throws CommandFailure, UnavailableException, IOException, InterruptedException {
        StartBench bench = start;
        if (bench == null) {
            bench = StartBench.run(folder, model.baseFolder(), model.taskFolder(task), task);
            start = bench;
        }
        return bench;
    }

    private Classifier withTask(EngineOptions options) throws CommandFailure {
        Classifier classifier = model.open(options);
        if (!classifier.tasks().contains(task)) {
            classifier.close();
            throw new CommandFailure(
                    ExitCode.DATA, "there is no task '" + task + "'; the tasks are " + classifier.tasks());
        }
        return classifier;
    }
}
