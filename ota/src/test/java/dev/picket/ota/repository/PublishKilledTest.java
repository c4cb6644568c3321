package dev.picket.ota.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.tuf.Key;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A publication dies at each of its writes: what gateways find is whole, and the next run ends it. */
class PublishKilledTest {
    private static final Instant LATER = Bench.NOW.plusSeconds(3600);

    @TempDir
    Path folder;

    /** What else waits for the publication, beside a new Set. */
    enum With {
        NOTHING {
            @Override
            void change(Bench bench) {}
        },
        NEW_ONLINE_KEYS {
            @Override
            void change(Bench bench) throws Exception {
                Repository repository = bench.repository();
                KeyChange change = repository.changeKeys(Validity.DEFAULT, LATER);
                change.rotate("timestamp", "", key(repository, bench.online(), "timestamp"));
                change.rotate("snapshot", "", key(repository, bench.online(), "snapshot"));
                change.save(SigningKeys.NONE);
            }
        },
        NEW_OFFLINE_KEYS {
            @Override
            void change(Bench bench) throws Exception {
                Repository repository = bench.repository();
                KeyChange change = repository.changeKeys(Validity.DEFAULT, LATER);
                String first = repository.space().root().ids("root").getFirst();
                change.rotate("root", first, key(repository, bench.offline(), "root"));
                change.rotate("targets", "", key(repository, bench.offline(), "targets"));
                change.save(bench.keys());
            }
        };

        abstract void change(Bench bench) throws Exception;
    }

    @ParameterizedTest
    @EnumSource(With.class)
    void killedAtAnyWriteGatewaysFindTheOldPublicationOrTheNewAndTheNextRunEndsIt(With with) throws Exception {
        Bench before = Bench.published(folder.resolve("before"));
        before.seenBy(before.folder().resolve("gateway"), Bench.NOW);
        before.addSet(before.repository(), "exam two");
        with.change(before);

        int deaths = 0;
        boolean old = false;
        boolean whole = false;
        while (!whole) {
            Bench bench = before.copyTo(folder.resolve("killed-" + deaths));
            whole = publish(bench, new DyingDisk(deaths), bench.served());
            List<String> seen = List.of(
                    bench.seenBy(bench.folder().resolve("gateway"), LATER),
                    bench.seenBy(bench.folder().resolve("fresh"), LATER));
            assertThat(seen).as("after %d writes", deaths).allMatch(List.of("factory/1", "factory/2")::contains);
            old |= seen.getFirst().equals("factory/1");
            deaths++;

            publish(bench, Disk.REAL, bench.served());
            assertThat(bench.seenBy(bench.folder().resolve("gateway"), LATER)).isEqualTo("factory/2");
            assertThat(bench.seenBy(bench.folder().resolve("other"), LATER)).isEqualTo("factory/2");
            assertThat(bench.repositoryFolder().resolve("pending/root.json")).doesNotExist();
        }
        assertThat(old).isTrue();
        assertThat(deaths).isGreaterThan(with == With.NOTHING ? 10 : 12);
    }

    @Test
    void killedWhileItSignsATimestampTheOldOneIsStillThere() throws Exception {
        Bench before = Bench.published(folder.resolve("before"));
        Instant due = Bench.NOW.plus(Validity.DEFAULT.snapshot().dividedBy(2)).plusSeconds(1);
        before.repository().publish(before.served(), before.keys(), Validity.DEFAULT, due.minusSeconds(10), _ -> {});
        for (int writes = 0; writes < 4; writes++) {
            Bench bench = before.copyTo(folder.resolve("killed-" + writes));
            try {
                Repository.open(bench.repositoryFolder(), new DyingDisk(writes))
                        .refresh(bench.served(), bench.online(), Validity.DEFAULT, due, _ -> {});
            } catch (DyingDisk.Killed _) {
                // As it should.
            }
            assertThat(bench.seenBy(bench.folder().resolve("fresh"), due)).isEqualTo("factory/1");
            bench.repository().refresh(bench.served(), bench.online(), Validity.DEFAULT, due, _ -> {});
            assertThat(bench.seenBy(bench.folder().resolve("fresh"), due)).isEqualTo("factory/1");
        }
    }

    @Test
    void killedWhileItAddsNothingIsListedHalfAndAddingAgainWorks() throws Exception {
        Bench before = Bench.published(folder.resolve("before"));
        boolean whole = false;
        for (int writes = 0; !whole; writes++) {
            Bench bench = before.copyTo(folder.resolve("killed-" + writes));
            try {
                bench.addSet(Repository.open(bench.repositoryFolder(), new DyingDisk(writes)), "exam two");
                whole = true;
            } catch (DyingDisk.Killed _) {
                // What it left is taken up or passed over by the next.
            }
            bench.repository().publish(bench.served(), bench.keys(), Validity.DEFAULT, LATER, _ -> {});
            assertThat(bench.seenBy(bench.folder().resolve("fresh"), LATER)).isIn("factory/1", "factory/2");

            String set = bench.addSet(bench.repository(), "exam two").path();
            bench.repository().publish(bench.served(), bench.keys(), Validity.DEFAULT, LATER, _ -> {});
            assertThat("sets/" + bench.seenBy(bench.folder().resolve("fresh"), LATER) + ".json")
                    .isEqualTo(set);
        }
    }

    @Test
    void killedWhileItIsMadeARepositoryIsNoneAndItsKeysAreNotWrittenOver() throws Exception {
        for (int writes = 0; writes < 7; writes++) {
            Bench bench = new Bench(folder.resolve("killed-" + writes));
            int died = writes;
            assertThatThrownBy(() -> bench.init(new DyingDisk(died))).isInstanceOf(DyingDisk.Killed.class);
            assertThatThrownBy(bench::repository).hasMessageContaining("holds no repository");
            if (writes > 0) {
                assertThatThrownBy(() -> bench.init(Disk.REAL)).hasMessageContaining("root-1.json is there already");
            }
        }
    }

    private static boolean publish(Bench bench, Disk disk, Path target) throws Exception {
        try {
            Repository.open(bench.repositoryFolder(), disk)
                    .publish(target, bench.keys(), Validity.DEFAULT, LATER, _ -> {});
            return true;
        } catch (DyingDisk.Killed _) {
            return false;
        }
    }

    private static Key key(Repository repository, KeyFolder folder, String role) throws Exception {
        return repository.newKey(folder, role).publicKey();
    }
}
