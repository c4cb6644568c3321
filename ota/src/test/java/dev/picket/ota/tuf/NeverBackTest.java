package dev.picket.ota.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.ota.AtomicFiles;
import dev.picket.ota.RejectedException;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever versions and dates a repository serves in whatever order, trust never goes back and always fits together. */
class NeverBackTest {
    private static final Retry ONCE = new Retry(1, Duration.ofMillis(2), Duration.ofMillis(2), wait -> {});
    private static final List<String> ROLES = List.of("timestamp", "snapshot", "targets");

    /** What is served at one refresh; {@code expired} is the index of the role that is, or more than there are. */
    record Served(int timestamp, int snapshot, int targets, int expired, boolean hashes, boolean lies) {}

    @Property(tries = 60)
    void versionsOnDiskNeverFallAndAfterASuccessEachNamesTheNext(@ForAll("sequences") List<Served> sequence)
            throws Exception {
        Path folder = Files.createTempDirectory("never-back");
        try {
            Simulator repository = new Simulator();
            Map<String, Long> floor = new HashMap<>();
            for (Served served : sequence) {
                serve(repository, served);
                boolean taken = refresh(repository, folder);
                for (String role : ROLES) {
                    long version = version(folder, role);
                    assertThat(version).as(role).isGreaterThanOrEqualTo(floor.getOrDefault(role, 0L));
                    floor.put(role, version);
                }
                if (taken) {
                    assertThat(named(folder, "timestamp", "snapshot")).isEqualTo(version(folder, "snapshot"));
                    assertThat(named(folder, "snapshot", "targets")).isEqualTo(version(folder, "targets"));
                }
            }
        } finally {
            AtomicFiles.removeTree(folder);
        }
    }

    @Provide
    Arbitrary<List<Served>> sequences() {
        Arbitrary<Integer> version = Arbitraries.integers().between(1, 4);
        return Combinators.combine(
                        version,
                        version,
                        version,
                        Arbitraries.integers().between(0, 11),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false, false, false))
                .as(Served::new)
                .list()
                .ofSize(8);
    }

    private static void serve(Simulator repository, Served served) {
        repository.versions.put("timestamp", (long) served.timestamp());
        repository.versions.put("snapshot", (long) served.snapshot());
        repository.versions.put("targets", (long) served.targets());
        repository.hashesInMeta = served.hashes();
        repository.targetsVersionInSnapshot = served.lies() ? served.targets() + 1 : 0;
        for (int i = 0; i < ROLES.size(); i++) {
            repository.expires.put(ROLES.get(i), Simulator.NOW.plusSeconds(i == served.expired() ? 0 : 60));
        }
    }

    private static boolean refresh(Simulator repository, Path folder) throws Exception {
        try {
            new TufClient(folder, repository.firstRoot(), repository, TufLimits.DEFAULT, ONCE).refresh(Simulator.NOW);
            return true;
        } catch (RejectedException _) {
            return false;
        }
    }

    private static long version(Path folder, String role) throws Exception {
        return Files.exists(folder.resolve(role + ".json")) ? number(signed(folder, role)) : 0;
    }

    private static long named(Path folder, String by, String role) throws Exception {
        return number(signed(folder, by).object("meta").object(role + ".json"));
    }

    private static Fields signed(Path folder, String role) throws RejectedException, IOException {
        return StrictJson.parse(role, Files.readAllBytes(folder.resolve(role + ".json")))
                .object("signed");
    }

    private static long number(Fields fields) throws RejectedException {
        return fields.number("version", 1, Long.MAX_VALUE);
    }
}
