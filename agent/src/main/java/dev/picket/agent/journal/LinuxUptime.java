package dev.picket.agent.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** From {@code /proc}; where that is missing, each process counts as a start of the machine. */
final class LinuxUptime implements Uptime {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path UPTIME = Path.of("/proc/uptime");
    /** The file counts time asleep, too, which the JVM's clock does not: so it is read again now and then. */
    private static final long READ_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final double MILLIS = 1_000;

    private record Reading(long uptimeMillis, long atNanos) {}

    private final String boot;
    private final boolean known;
    private final ClockSync sync = new ClockSync();
    private volatile Reading last;

    LinuxUptime() {
        String id = "";
        try {
            id = Files.readString(BOOT).strip();
        } catch (IOException e) {
            // No Linux, or a sandbox without /proc.
        }
        this.known = !id.isEmpty() && Files.isReadable(UPTIME);
        this.boot = known ? id : UUID.randomUUID().toString();
        this.last = read(new Reading(0, System.nanoTime()));
    }

    @Override
    public Moment now() {
        Reading reading = last;
        if (known && System.nanoTime() - reading.atNanos() > READ_AGAIN_NANOS) {
            reading = read(reading);
            last = reading;
        }
        return new Moment(boot, since(reading), sync.holds());
    }

    private static long since(Reading reading) {
        return reading.uptimeMillis() + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - reading.atNanos());
    }

    private Reading read(Reading before) {
        if (known) {
            try {
                long nanos = System.nanoTime();
                String seconds = Files.readString(UPTIME).split(" ", 2)[0];
                return new Reading(Math.max(since(before), (long) (Double.parseDouble(seconds) * MILLIS)), nanos);
            } catch (IOException | NumberFormatException e) {
                return before;
            }
        }
        return before;
    }
}
