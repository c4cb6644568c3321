package dev.picket.agent.update;

import dev.picket.agent.cli.Version;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.config.UpdatesConfig;
import dev.picket.agent.judge.ServingSet;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.store.FileStore;
import dev.picket.ota.tuf.TufClient;
import dev.picket.ota.tuf.TufLimits;
import dev.picket.ota.update.StateFile;
import dev.picket.ota.update.UpdateSettings;
import dev.picket.ota.update.UpdateStatus;
import dev.picket.ota.update.Updater;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Puts the update flow together from its configuration. */
public final class UpdateFlow {
    private static final int ATTEMPTS_PER_STEP = 3;

    private UpdateFlow() {}

    /**
     * The loop, not yet running. Without a repository or a trusted root it brings back the installed Set, and looks for
     * nothing.
     *
     * @param listener told after each saved step
     * @throws UnavailableException when the saved state cannot be read
     */
    public static UpdateLoop open(PicketConfig config, ServingSet serving, Clock clock, Consumer<UpdateStatus> listener)
            throws UnavailableException {
        UpdatesConfig updates = config.updates();
        Path folder = config.data().directory().resolve("updates");
        URI repository =
                updates.repository() == null ? folder.resolve("no-repository").toUri() : absolute(updates.repository());
        Fetcher fetcher = Fetcher.of(repository, FetchLimits.DEFAULT);
        byte[] root = root(updates.trust());
        Updater updater = Updater.open(
                new StateFile(folder),
                new UpdateSettings(
                        updates.channel(),
                        Set.copyOf(updates.tasks()),
                        Version.current(),
                        Version.built(),
                        ATTEMPTS_PER_STEP,
                        ReleaseLimits.DEFAULT),
                new TufClient(folder.resolve("metadata"), root, fetcher, TufLimits.DEFAULT, Retry.DEFAULT),
                new FileStore(folder, fetcher, Retry.DEFAULT, updates.spareBytes()),
                new SetTrial(serving, updates, Thread::sleep),
                clock,
                listener);
        return new UpdateLoop(updater, updates, off(updates, root), RandomGenerator.getDefault());
    }

    private static String off(UpdatesConfig updates, byte[] root) {
        if (updates.repository() == null) {
            return "Updates are off: updates.repository is not set.";
        }
        return root.length > 0
                ? ""
                : "Updates are off: there is no trusted root at " + updates.trust()
                        + "; copy the publisher's 1.root.json to it.";
    }

    private static byte[] root(Path file) throws UnavailableException {
        try {
            return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        } catch (IOException e) {
            throw new UnavailableException("The trusted root " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** {@code file:./repository} as people write it, from the folder that the agent was started in. */
    private static URI absolute(URI repository) {
        return repository.isOpaque() && "file".equals(repository.getScheme())
                ? Path.of(repository.getSchemeSpecificPart())
                        .toAbsolutePath()
                        .normalize()
                        .toUri()
                : repository;
    }
}
