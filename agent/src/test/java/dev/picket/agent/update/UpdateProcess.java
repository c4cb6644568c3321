package dev.picket.agent.update;

import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.store.FileStore;
import dev.picket.ota.tuf.TufClient;
import dev.picket.ota.tuf.TufLimits;
import dev.picket.ota.update.Refreshed;
import dev.picket.ota.update.StateFile;
import dev.picket.ota.update.UpdateSettings;
import dev.picket.ota.update.UpdateStatus;
import dev.picket.ota.update.Updater;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** Takes the Set that a repository's channel names, as an agent does, with a trial that finds every Set good. */
final class UpdateProcess {
    /** What somebody else has seen of it: a line for each Set that was told to be proved. */
    static final String TOLD = "told";

    private UpdateProcess() {}

    static Updater open(Path folder, byte[] root, URI repository, PassingTrial trial) throws Exception {
        Retry once = new Retry(1, Duration.ofMillis(1), Duration.ofMillis(1), _ -> {});
        Fetcher fetcher = Fetcher.of(repository, FetchLimits.DEFAULT);
        return Updater.open(
                new StateFile(folder),
                new UpdateSettings("stable", Set.of(), "0.1.0", Instant.EPOCH, 2, ReleaseLimits.DEFAULT),
                new TufClient(folder.resolve("metadata"), root, fetcher, TufLimits.DEFAULT, once),
                new FileStore(folder, fetcher, once, 0),
                trial,
                Instant::now,
                _ -> {},
                Refreshed.NOTHING);
    }

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        System.out.println("begun");
        Updater updater =
                open(folder, Files.readAllBytes(Path.of(args[1])), URI.create(args[2]), new PassingTrial(true));
        updater.resume();
        UpdateStatus status = updater.poll();
        if (status.candidate().isPresent()) {
            status = updater.poll();
        }
        Files.writeString(
                folder.resolve(TOLD),
                status.active().orElseThrow() + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
