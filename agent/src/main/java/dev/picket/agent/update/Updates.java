package dev.picket.agent.update;

import dev.picket.agent.config.UpdatesConfig;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Allowance;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.fetch.Windows;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.store.FileStore;
import dev.picket.ota.tuf.TufClient;
import dev.picket.ota.tuf.TufLimits;
import dev.picket.ota.update.Refreshed;
import dev.picket.ota.update.StateFile;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.UpdateSettings;
import dev.picket.ota.update.UpdateStatus;
import dev.picket.ota.update.Updater;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Builds the update flow out of its configuration. */
public final class Updates {

    private Updates() {}

    /**
     * Opens the store of Sets; nothing is loaded before the loop runs.
     *
     * @param folder the folder of updates, {@code updates} under the agent's data
     * @param tasks the tasks that sources are routed to; others of a Set are left out. Empty: all
     * @param builtAt when this agent was built
     * @param listener told after each saved step, on the loop's thread
     * @param refreshed told after each refresh, on a thread of the loop's, one at a time
     * @throws UnavailableException when the store cannot be opened
     */
    public static UpdateLoop open(
            UpdatesConfig config,
            Path folder,
            Set<String> tasks,
            ServingSet serving,
            EngineOptions engine,
            String agentVersion,
            Instant builtAt,
            InstantSource clock,
            Consumer<UpdateStatus> listener,
            Refreshed refreshed)
            throws UnavailableException {
        String off = off(config);
        Allowance allowance = allowance(config, folder, clock);
        Plug fetcher = new Plug(fetcher(config, allowance));
        FileStore store = new FileStore(folder, fetcher, Retry.DEFAULT, config.spareBytes(), clock);
        UpdateSettings settings = new UpdateSettings(
                config.channel(),
                tasks,
                agentVersion,
                builtAt,
                config.attempts(),
                limits(config),
                off.isEmpty() ? config.interval() : Duration.ZERO);
        String distrust = distrust(config);
        byte[] root = distrust.isEmpty() ? root(config.root()) : new byte[0];
        Updater updater = Updater.open(
                new StateFile(folder),
                settings,
                new TufClient(folder.resolve("metadata"), root, fetcher, TufLimits.GATEWAY, Retry.DEFAULT),
                store,
                new SetTrial(serving, trial(config, folder, engine), Pace.SYSTEM),
                clock,
                status -> {
                    unplugOnceFetched(status, fetcher);
                    listener.accept(status);
                },
                refreshed);
        return new UpdateLoop(updater, config.interval(), off, new Downloads(store, allowance, fetcher, distrust));
    }

    /** A trial takes no more from a stick, and what is new comes over the air as always. */
    private static void unplugOnceFetched(UpdateStatus status, Plug plug) {
        if (status.step() == Step.VERIFIED) {
            plug.into(Optional.empty());
        }
    }

    /** Why nothing new can be had, as one sentence; empty where it can. */
    public static String off(UpdatesConfig config) {
        if (config.repository() == null) {
            return "Updates are off: updates.repository is not set.";
        }
        return distrust(config);
    }

    private static String distrust(UpdatesConfig config) {
        return Files.isReadable(config.root())
                ? ""
                : "Updates are off: the trusted root " + config.root() + " cannot be read.";
    }

    private static Fetcher fetcher(UpdatesConfig config, Allowance allowance) {
        FetchLimits usual = FetchLimits.DEFAULT;
        FetchLimits limits = new FetchLimits(
                config.connectTimeout(),
                config.readTimeout(),
                config.readTimeout().multipliedBy(2),
                usual.whole(),
                usual.redirects(),
                config.minBytesPerSecond(),
                usual.slowFor());
        List<URI> places = config.places().stream().map(Updates::absolute).toList();
        return Fetcher.of(places.isEmpty() ? List.of(URI.create("file:///nowhere")) : places, limits, allowance);
    }

    /** Windows are meant as the clock on the wall of the plant shows them. */
    private static Allowance allowance(UpdatesConfig config, Path folder, InstantSource clock) {
        return Allowance.of(
                Windows.parse(config.windows()),
                config.bytesPerSecond(),
                config.bytesPerDay(),
                folder.resolve("fetched.json"),
                clock.withZone(ZoneId.systemDefault()),
                System::nanoTime,
                Thread::sleep);
    }

    /** {@code file:./site}, as people write it, from the folder that the agent was started in. */
    private static URI absolute(URI repository) {
        return repository.isOpaque() && "file".equals(repository.getScheme())
                ? Path.of(repository.getSchemeSpecificPart())
                        .toAbsolutePath()
                        .normalize()
                        .toUri()
                : repository;
    }

    private static byte[] root(Path file) throws UnavailableException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UnavailableException("The trusted root " + file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static ReleaseLimits limits(UpdatesConfig config) {
        ReleaseLimits usual = ReleaseLimits.DEFAULT;
        return new ReleaseLimits(
                usual.manifestBytes(), usual.files(), usual.fileBytes(), config.maxSetBytes(), usual.tasks());
    }

    private static TrialSettings trial(UpdatesConfig config, Path folder, EngineOptions engine) {
        return new TrialSettings(
                engine,
                config.trial(),
                folder.resolve("exam"),
                new Room(
                        new MemoryReading(Path.of("/"))::available,
                        config.trial().spareMemoryBytes(),
                        config.trial().baseMemoryFactor()));
    }
}
