package dev.picket.sensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaitingSinceTest {
    private static final Instant TEN = Instant.parse("2026-11-21T10:00:00Z");

    @TempDir
    Path folder;

    private final Semaphore allowed = new Semaphore(0);
    private final BlockingQueue<String> taking = new LinkedBlockingQueue<>();

    @Test
    void aLineCountsFromTheFilesLastChangeAsItWasFirstSeen() throws Exception {
        Path log = folder.resolve("app.log");
        append(log, "one\ntwo\n", TEN);
        FileSource source = new FileSource(
                "line1",
                log,
                Optional.empty(),
                new FileLimits(100, Duration.ofMillis(1), 3, 10),
                Clock.fixed(TEN.plusSeconds(3600), ZoneOffset.UTC));
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                source.run((reading, _) -> {
                    taking.add(reading.text());
                    allowed.acquire();
                });
            } catch (InterruptedException e) {
                // Told to stop.
            }
        });
        try {
            awaitTaking("one");
            assertThat(source.waitingSince()).contains(TEN);
            append(log, "three\n", TEN.plusSeconds(60));
            assertThat(source.waitingSince()).contains(TEN);
            allowed.release();
            awaitTaking("two");
            assertThat(source.waitingSince()).contains(TEN);
            append(log, "four\n", TEN.plusSeconds(90));
            allowed.release();
            awaitTaking("three");
            assertThat(source.waitingSince()).contains(TEN.plusSeconds(60));
            assertThat(source.waitingSince()).contains(TEN.plusSeconds(60));
            allowed.release();
            awaitTaking("four");
            assertThat(source.waitingSince()).contains(TEN.plusSeconds(90));
            allowed.release();
            Following.until(() -> source.waitingSince().isEmpty());
            append(log, "half a line", TEN.plusSeconds(100));
            Following.until(() -> source.waitingSince().isEmpty());
        } finally {
            thread.interrupt();
            thread.join(TimeUnit.SECONDS.toMillis(20));
        }
    }

    @Test
    void manySightingsAreThinnedAndNeverMakeALineOlderThanItIs() {
        Written written = new Written(8);
        written.begin(state(0, 0), 0);
        for (int i = 1; i <= 100; i++) {
            written.see(state(i * 10L, i * 1_000L));
        }
        for (int offset = 0; offset < 1_000; offset += 10) {
            written.pass(offset);
            Instant oldest = written.oldest().orElseThrow();
            assertThat(oldest).isAfterOrEqualTo(Instant.ofEpochMilli((offset / 10 + 1) * 1_000L));
        }
        written.pass(1_000);
        assertThat(written.oldest()).isEmpty();
        written.see(new FileState(Path.of("other"), "another file", 5_000, 1, true));
        assertThat(written.oldest()).isEmpty();
    }

    private static FileState state(long size, long modifiedMillis) {
        return new FileState(Path.of("app.log"), "key", size, modifiedMillis, true);
    }

    private void awaitTaking(String text) throws InterruptedException {
        assertThat(taking.poll(20, TimeUnit.SECONDS)).isEqualTo(text);
    }

    private static void append(Path log, String text, Instant at) throws Exception {
        Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        Files.setLastModifiedTime(log, FileTime.from(at));
    }
}
