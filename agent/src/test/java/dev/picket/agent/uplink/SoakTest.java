package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows in and out for a long time: what the process holds stays level. The first third is warming up; after it, heap, resident
 * memory, threads and files may not grow with the rows.
 */
class SoakTest {
    private static final long MIB = 1 << 20;
    /** Compiled code and the collector's own tables grow for a while, so a short run needs more. */
    private static final long WARMING_SLACK = 32 * MIB;

    private static final long RESIDENT_SLACK = 12 * MIB;
    private static final long HEAP_SLACK = 4 * MIB;

    @TempDir
    Path folder;

    private record Held(int rows, long heap, long resident, int threads, int files, long disk) {
        static Held of(String line) {
            String[] parts = line.split(" ", -1);
            return new Held(
                    Integer.parseInt(parts[1]),
                    Long.parseLong(parts[2]),
                    Long.parseLong(parts[3]),
                    Integer.parseInt(parts[4]),
                    Integer.parseInt(parts[5]),
                    Long.parseLong(parts[6]));
        }
    }

    private void staysLevel(int rows, int looks, long residentSlack) throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                IdCounter consumer = new IdCounter(broker.uri(), "picket/v1/plant/press-4/#")) {
            List<Held> samples = new ArrayList<>();
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx96m",
                            "-XX:+UseSerialGC",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SoakProcess.class.getName(),
                            folder.toString(),
                            broker.uri().toString(),
                            Integer.toString(rows),
                            Integer.toString(looks))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader out = process.inputReader()) {
                out.lines()
                        .filter(line -> line.startsWith("held "))
                        .map(Held::of)
                        .forEach(samples::add);
            } finally {
                process.destroyForcibly();
            }
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            samples.forEach(each -> System.out.printf(
                    Locale.ROOT,
                    "soak: %,9d rows, heap %5.1f MiB, resident %5.1f MiB, %d threads, %d files, journal %5.1f MiB%n",
                    each.rows,
                    (double) each.heap / MIB,
                    (double) each.resident / MIB,
                    each.threads,
                    each.files,
                    (double) each.disk / MIB));

            assertThat(samples).isNotEmpty().last().extracting(Held::rows).isEqualTo(rows);
            assertThat(consumer.awaits(rows))
                    .as("%d ids, each of the rows", rows)
                    .isTrue();
            List<Held> warm = samples.subList(samples.size() / 3, samples.size());
            Held first = warm.getFirst();
            assertThat(warm).allSatisfy(each -> {
                assertThat(each.heap).as("heap after collection").isLessThan(first.heap + HEAP_SLACK);
                assertThat(each.resident).as("resident").isLessThan(first.resident + residentSlack);
                assertThat(each.threads).as("threads").isLessThanOrEqualTo(first.threads + 2);
                assertThat(each.files).as("files").isLessThanOrEqualTo(first.files + 2);
                assertThat(each.disk).as("journal").isLessThanOrEqualTo(Configs.JOURNAL.maxBytes() + 8 * MIB);
            });
        }
    }

    @Test
    void tensOfThousandsOfRowsLeaveNothingBehind() throws Exception {
        staysLevel(30_000, 9, WARMING_SLACK);
    }

    @Test
    @Tag("long")
    void aMillionRowsLeaveNothingBehind() throws Exception {
        staysLevel(1_000_000, 20, RESIDENT_SLACK);
    }
}
