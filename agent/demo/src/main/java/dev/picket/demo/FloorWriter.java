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

/** Plays the factory floor: appends sample texts of our own to a file of each source, as fast as people and machines write. */
final class FloorWriter {
    private final Path folder;
    private final Duration pace;
    private final List<Sample> samples = samples();
    private final AtomicLong written = new AtomicLong();
    private final CountDownLatch stop = new CountDownLatch(1);

    FloorWriter(Path folder, Duration pace) {
        this.folder = folder;
        this.pace = pace;
    }

    /** A line of the resource: the source, a tab, the text. */
    private record Sample(String source, String text) {
        static Sample of(String line) {
            int tab = line.indexOf('\t');
            return new Sample(line.substring(0, tab), line.substring(tab + 1));
        }
    }

    /** Where the texts of a source are written. */
    static Path file(Path folder, String source) {
        return folder.resolve(source + ".log");
    }

    long written() {
        return written.get();
    }

    /** Writes until stopped. */
    void run() throws IOException, InterruptedException {
        for (int i = 0; !stop.await(pace.toMillis(), TimeUnit.MILLISECONDS); i++) {
            Sample sample = samples.get(i % samples.size());
            try (FileChannel channel = AtomicFiles.append(file(folder, sample.source()))) {
                channel.write(
                        ByteBuffer.wrap(line(sample.text(), i / samples.size()).getBytes(StandardCharsets.UTF_8)));
            }
            written.incrementAndGet();
        }
    }

    void stop() {
        stop.countDown();
    }

    /** From the second round on a running number keeps the texts distinct. */
    private static String line(String text, int round) {
        return text + (round == 0 ? "" : " (" + (round + 1) + ")") + "\n";
    }

    private static List<Sample> samples() {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(FloorWriter.class.getResourceAsStream("floor.txt"), StandardCharsets.UTF_8))) {
            return reader.lines().map(Sample::of).toList();
        } catch (IOException e) {
            throw new IllegalStateException("the demo's texts cannot be read", e);
        }
    }
}
