package dev.picket.demo;

import dev.picket.ota.AtomicFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Plays the factory floor: appends sample texts of our own to a file, as fast as people and machines write. */
final class FloorWriter {
    private final Path file;
    private final Duration pace;
    private final List<String> texts;
    private final AtomicLong written = new AtomicLong();
    private final CountDownLatch stop = new CountDownLatch(1);

    FloorWriter(Path file, Duration pace) {
        this.file = file;
        this.pace = pace;
        this.texts = samples();
    }

    long written() {
        return written.get();
    }

    /** Writes until stopped. */
    void run() throws IOException, InterruptedException {
        try (FileChannel channel = AtomicFiles.append(file)) {
            for (int i = 0; !stop.await(pace.toMillis(), TimeUnit.MILLISECONDS); i++) {
                channel.write(ByteBuffer.wrap(line(i).getBytes(StandardCharsets.UTF_8)));
                written.incrementAndGet();
            }
        }
    }

    void stop() {
        stop.countDown();
    }

    /** From the second round on a running number keeps the texts distinct. */
    private String line(int i) {
        int round = i / texts.size();
        return texts.get(i % texts.size()) + (round == 0 ? "" : " (" + (round + 1) + ")") + "\n";
    }

    private static List<String> samples() {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(FloorWriter.class.getResourceAsStream("floor.txt"), StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new IllegalStateException("the demo's texts cannot be read", e);
        }
    }
}
