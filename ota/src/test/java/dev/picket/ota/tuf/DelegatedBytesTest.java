package dev.picket.ota.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.fetch.Retry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much delegated roles may take: of memory in one search, and of the disk for good. */
class DelegatedBytesTest {
    private static final Retry ONCE = new Retry(1, Duration.ofMillis(2), Duration.ofMillis(2), wait -> {});

    @TempDir
    Path folder;

    private Simulator repository;
    private int oneRole;

    @BeforeEach
    void aRepositoryOfThreeTeams() throws Exception {
        repository = new Simulator();
        for (String team : List.of("one", "two", "six")) {
            repository.delegate(team, false, List.of("*"), Map.of(team, team.getBytes(StandardCharsets.UTF_8)));
        }
        refresh(Integer.MAX_VALUE).find("nowhere");
        oneRole = (int) Files.size(folder.resolve("one.json"));
    }

    @Test
    void aSearchReadsNoMoreThanItMayWhetherFromTheDiskOrNot() throws Exception {
        int two = 2 * oneRole + oneRole / 2;
        TrustedTargets targets = refresh(two);

        assertThat(targets.find("two")).isPresent();
        assertThat(targets.find("two")).as("each search by itself").isPresent();
        assertThatThrownBy(() -> targets.find("six"))
                .asInstanceOf(type(RejectedException.class))
                .extracting(RejectedException::reason)
                .isEqualTo(Reason.TOO_LARGE);
    }

    @Test
    void whatWasWrittenLongestAgoGoesWhereAllTakeMoreRoomThanTheyMay() throws Exception {
        Files.setLastModifiedTime(folder.resolve("two.json"), FileTime.fromMillis(1));
        refresh(2 * oneRole + oneRole / 2);

        assertThat(folder.resolve("two.json")).doesNotExist();
        assertThat(folder.resolve("one.json")).exists();
        assertThat(folder.resolve("six.json")).exists();
        assertThat(refresh(Integer.MAX_VALUE).find("two")).isPresent();
    }

    @Test
    void whatTheSnapshotListsNoMoreIsRemoved() throws Exception {
        Files.copy(folder.resolve("one.json"), folder.resolve("..%2Fgone.json"));
        refresh(Integer.MAX_VALUE);

        assertThat(folder).isDirectoryNotContaining("glob:**gone.json");
        for (String kept : List.of("timestamp", "snapshot", "targets", "one", "two", "six")) {
            assertThat(folder.resolve(kept + ".json")).exists();
        }
    }

    private TrustedTargets refresh(int delegatedBytes) throws Exception {
        TufLimits limits = new TufLimits(8, 512_000, 16_384, 2_000_000, 5_000_000, 32, delegatedBytes);
        return new TufClient(folder, repository.firstRoot(), repository, limits, ONCE).refresh(Simulator.NOW);
    }
}
