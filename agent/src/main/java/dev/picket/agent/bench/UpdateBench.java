package dev.picket.agent.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.UpdatesConfig;
import dev.picket.agent.update.ServingSet;
import dev.picket.agent.update.UpdateLoop;
import dev.picket.agent.update.Updates;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.update.Refreshed;
import dev.picket.ota.update.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Updates of a task through the whole update flow, out of a signed repository behind a web server on the loopback, while
 * one thread for each processor asks the Set that serves without a pause.
 *
 * <pre>
 *   update-wire-bytes     bytes of answers' bodies for a task's update, over those for base and task; no headers, no requests
 *   update-switch-pause   the longest gap between two answers from the save before the switch to the one after it, over the
 *                         median gap of the same update; measured and floor in milliseconds
 *   update-shadow-rate    answers a second of the Set that serves while a shadow runs beside it, over those for as long
 *                         after the update
 *   update-step-*         how long a step took, in milliseconds, all of it under that load
 * </pre>
 *
 * One update goes before and does not count. All figures are of the same updates, which are made when the first is asked.
 */
public final class UpdateBench {
    /** Those with a figure, in order. */
    public static final List<Step> STEPS =
            List.of(Step.FETCHING, Step.VERIFIED, Step.STAGED, Step.EXAM, Step.SHADOW, Step.SWITCHED);

    private static final int ROUNDS = 7;
    private static final long PREFIX_CACHE_BYTES = 64L << 20;
    private static final int MAX_RANK = 256;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String VERSION = "0.1.0";

    private final Path folder;
    private final Path base;
    private final Path task;
    private final String name;
    private final int rounds;
    private final int warmUps;
    private @Nullable UpdateFigures figures;

    /**
     * @param folder for repository and gateway, on the disk that is meant; it is there
     * @param base the base's folder
     * @param task the task's folder
     * @param name of the task
     */
    public UpdateBench(Path folder, Path base, Path task, String name) {
        this(folder, base, task, name, ROUNDS, 1);
    }

    /** @param warmUps updates that go before and do not count */
    UpdateBench(Path folder, Path base, Path task, String name, int rounds, int warmUps) {
        this.folder = folder;
        this.base = base;
        this.task = task;
        this.name = name;
        this.rounds = rounds;
        this.warmUps = warmUps;
    }

    /** @throws UnavailableException when an update does not come to its end */
    public Result wire() throws UnavailableException, IOException, InterruptedException {
        return figures().wire();
    }

    public Result pause() throws UnavailableException, IOException, InterruptedException {
        return figures().pause();
    }

    public Result shadow() throws UnavailableException, IOException, InterruptedException {
        return figures().shadow();
    }

    public Result step(Step step) throws UnavailableException, IOException, InterruptedException {
        return figures().step(step);
    }

    /** The name of a step's figure. */
    public static String nameOf(Step step) {
        return "update-step-" + step.wireName();
    }

    private UpdateFigures figures() throws UnavailableException, IOException, InterruptedException {
        UpdateFigures known = figures;
        if (known == null) {
            known = measure();
            figures = known;
        }
        return known;
    }

    private UpdateFigures measure() throws UnavailableException, IOException, InterruptedException {
        Path place = folder.resolve("bench-update");
        try (BenchRepository repository = BenchRepository.start(place.resolve("repository"), base, task, name);
                ServingSet serving = new ServingSet()) {
            List<UpdateFigures.Saved> saved = new ArrayList<>();
            Committed committed = new Committed();
            UpdateLoop loop = Updates.open(
                    config(repository),
                    place.resolve("updates"),
                    Set.of(name),
                    serving,
                    new EngineOptions(Runtime.getRuntime().availableProcessors(), 1, PREFIX_CACHE_BYTES, MAX_RANK),
                    VERSION,
                    Instant.EPOCH,
                    Clock.systemUTC(),
                    status -> {
                        saved.add(new UpdateFigures.Saved(status.step(), System.nanoTime()));
                        committed.look(status);
                    },
                    Refreshed.NOTHING);
            Thread updating =
                    Thread.ofPlatform().daemon().name("picket-bench-updates").unstarted(loop);
            String first = repository.publish(1);
            updating.start();
            try {
                committed.await(first, loop, PATIENCE);
                return rounds(repository, serving, loop, committed, saved);
            } finally {
                updating.interrupt();
                updating.join();
            }
        } catch (RejectedException | BadArtefactException | ConfigException e) {
            throw new UnavailableException("No update can be measured: " + e.getMessage(), e);
        } finally {
            AtomicFiles.removeTree(place);
        }
    }

    private UpdateFigures rounds(
            BenchRepository repository,
            ServingSet serving,
            UpdateLoop loop,
            Committed committed,
            List<UpdateFigures.Saved> saved)
            throws RejectedException, BadArtefactException, UnavailableException, IOException, InterruptedException {
        UpdateFigures measured = new UpdateFigures(repository.servedBytes());
        for (int round = 0; round < warmUps + rounds; round++) {
            String set = repository.publish(round + 2);
            long before = repository.servedBytes();
            // The loop writes this list on its own thread, and only between two that it is told to.
            saved.clear();
            long[] answers;
            try (Load load = Load.start(serving, name)) {
                loop.pollNow();
                committed.await(set, loop, PATIENCE);
                // As long without a shadow as there was one before.
                TimeUnit.NANOSECONDS.sleep(UpdateFigures.nanosOf(List.copyOf(saved), Step.SHADOW));
                answers = load.stop();
            }
            if (round >= warmUps) {
                measured.add(repository.servedBytes() - before, List.copyOf(saved), answers);
            }
        }
        return measured;
    }

    private static UpdatesConfig config(BenchRepository repository) throws ConfigException {
        ObjectNode keys = JsonMapper.builder().build().createObjectNode();
        keys.put("repository", repository.uri().toString())
                .put("channel", BenchRepository.CHANNEL)
                .put("root", repository.root().toString())
                .put("interval", "24h")
                .put("spare-bytes", "0");
        keys.putObject("trial")
                .put("shadow-readings", "20")
                .put("shadow-time", "1m")
                .put("probation", "0s");
        return ConfigLoader.section(UpdatesConfig.class, keys, "bench");
    }
}
