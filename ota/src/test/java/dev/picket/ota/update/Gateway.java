package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.store.FileStore;
import dev.picket.ota.tuf.TufClient;
import dev.picket.ota.tuf.TufLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A gateway for tests: the real updater on a folder, opened as often as a test likes. */
final class Gateway {
    static final Retry TWICE = new Retry(2, Duration.ofMillis(2), Duration.ofMillis(2), wait -> {});

    final Path folder;
    final byte[] root;
    final List<Step> steps = new ArrayList<>();
    FakeTrial trial = new FakeTrial();
    Fetcher fetcher;
    Instant clock = Shop.NOW;
    Set<String> tasks = Set.of();
    String agent = "0.1.0";

    Duration lookEvery = Duration.ZERO;
    Refreshed refreshed = Refreshed.NOTHING;

    @Nullable
    Step dieAfterSaving;

    ReleaseLimits limits = ReleaseLimits.DEFAULT;

    Gateway(Path folder, byte[] root, Fetcher fetcher) {
        this.folder = folder;
        this.root = root;
        this.fetcher = fetcher;
    }

    /** A process that starts: what serves is forgotten, what is on disk stays. */
    Updater start() throws UnavailableException {
        FakeTrial fresh = new FakeTrial();
        fresh.failAt = trial.failAt;
        fresh.dieAt = trial.dieAt;
        fresh.checkBytes = trial.checkBytes;
        return startWith(fresh);
    }

    Updater startWith(FakeTrial fresh) throws UnavailableException {
        trial = fresh;
        return Updater.open(
                new StateFile(folder),
                new UpdateSettings("stable", tasks, agent, Instant.parse("2026-11-01T00:00:00Z"), 2, limits, lookEvery),
                new TufClient(folder.resolve("metadata"), root, fetcher, TufLimits.DEFAULT, TWICE),
                new FileStore(folder, fetcher, TWICE, 0),
                trial,
                () -> clock,
                this::saved,
                refreshed);
    }

    private void saved(UpdateStatus status) {
        steps.add(status.step());
        if (status.step() == dieAfterSaving) {
            throw new FakeTrial.Killed();
        }
    }

    /** Starts, resumes and polls once. */
    UpdateStatus run() throws Exception {
        Updater updater = start();
        updater.resume();
        return updater.poll();
    }

    UpdateState saved() throws IOException {
        return new StateFile(folder).read();
    }

    /** The folders of Sets without what tells their members apart: {@code factory-1}. */
    List<String> sets() throws IOException {
        return names("sets").stream()
                .map(each -> each.substring(0, each.lastIndexOf('-')))
                .toList();
    }

    /** The one folder of that Set. */
    Path set(String name) throws IOException {
        List<String> found = names("sets").stream()
                .filter(each -> each.startsWith(name + "-"))
                .toList();
        assertThat(found).as("folders of " + name).hasSize(1);
        return folder.resolve("sets").resolve(found.getFirst());
    }

    List<String> names(String under) throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve(under))) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
