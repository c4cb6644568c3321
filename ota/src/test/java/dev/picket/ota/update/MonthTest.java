package dev.picket.ota.update;

import dev.picket.ota.AtomicFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MonthTest {
    private static final int MONTHS = 20;

    private Path folder = Path.of("");

    /** In memory where that goes: nothing is said here about what a disk keeps, and each step is forced. */
    @BeforeEach
    void aFolder() throws Exception {
        Path memory = Path.of("/dev/shm");
        folder = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "picket-month")
                : Files.createTempDirectory("picket-month");
    }

    @AfterEach
    void remove() throws Exception {
        AtomicFiles.removeTree(folder);
    }

    /** Another one each time under {@code -Plong}; what fails names its seed. */
    @Test
    void aMonthEndsWithTheNewestGoodSet() throws Exception {
        live(folder, System.nanoTime());
    }

    @Test
    @Tag("long")
    void soDoManyMonths() throws Exception {
        long seed = Long.getLong("picket.seed", System.nanoTime());
        for (int i = 0; i < MONTHS; i++) {
            live(Files.createDirectory(folder.resolve("month-" + i)), seed + i);
        }
    }

    private static void live(Path folder, long seed) throws Exception {
        try {
            new Month(folder, seed).live();
        } catch (AssertionError e) {
            throw new AssertionError("The month of seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
