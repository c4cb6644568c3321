package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryReadingTest {
    private static final long GIB = 1L << 30;

    @TempDir
    Path root;

    private long available() {
        return new MemoryReading(root).available();
    }

    @Test
    void theMachinesMemoryCountsWhereNoGroupAllowsLess() throws Exception {
        assertThat(available()).isEqualTo(Long.MAX_VALUE);
        write("proc/meminfo", "MemTotal:  8388608 kB\nMemAvailable:    4194304 kB\n");
        assertThat(available()).isEqualTo(4 * GIB);
        write("proc/self/cgroup", "0::/system.slice/picket.service\n");
        assertThat(available()).isEqualTo(4 * GIB);
        group("system.slice/picket.service", "max", 3 * GIB);
        assertThat(available()).isEqualTo(4 * GIB);
    }

    @Test
    void theTightestGroupOnTheWayUpCounts() throws Exception {
        write("proc/meminfo", "MemAvailable:    4194304 kB\n");
        write("proc/self/cgroup", "4:memory:/old\n0::/system.slice/picket.service\n");
        group("system.slice/picket.service", String.valueOf(3 * GIB), GIB);
        assertThat(available()).isEqualTo(2 * GIB);
        group("system.slice", String.valueOf(2 * GIB), 2 * GIB - 4096);
        assertThat(available()).isEqualTo(4096);
        group("system.slice", String.valueOf(2 * GIB), 3 * GIB);
        assertThat(available()).isZero();
    }

    @Test
    void aGroupsCachedFilesAreRoomAndItsSoftLimitBounds() throws Exception {
        write("proc/self/cgroup", "0::/picket\n");
        group("picket", String.valueOf(2 * GIB), 2 * GIB);
        assertThat(available()).isZero();
        write("sys/fs/cgroup/picket/memory.stat", "anon 1\nfile 9\ninactive_file " + GIB + "\nactive_file 7\n");
        assertThat(available()).isEqualTo(GIB);
        write("sys/fs/cgroup/picket/memory.high", String.valueOf(3 * GIB / 2));
        assertThat(available()).isEqualTo(GIB / 2);
    }

    @Test
    void oddFilesBoundNothing() throws Exception {
        write("proc/meminfo", "MemAvailable: lots\n");
        write("proc/self/cgroup", "0::/../..\n");
        group("", "-5", 1);
        assertThat(available()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aBaseFitsWhereItsFilesTimesTheFactorLeaveTheSpare() {
        Room room = new Room(() -> 1_000, 100, 2);
        assertThat(room.fits(450)).isTrue();
        assertThat(room.fits(451)).isFalse();
    }

    private void group(String path, String max, long used) throws IOException {
        write("sys/fs/cgroup/" + path + "/memory.max", max);
        write("sys/fs/cgroup/" + path + "/memory.current", String.valueOf(used));
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
