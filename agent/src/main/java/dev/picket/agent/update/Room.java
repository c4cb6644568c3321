package dev.picket.agent.update;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a second base fits into memory beside the one that serves.
 *
 * @param available bytes that can be had without swapping
 * @param spareBytes left free
 */
record Room(LongSupplier available, long spareBytes) {
    /** Its weights, and what the runtime packs them into. */
    private static final int TIMES = 2;

    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");
    private static final int KIBI = 1024;

    /** Of this machine, or of the control group that the process is in where that allows less. */
    static Room ofMachine(long spareBytes) {
        return new Room(() -> Math.min(inMachine(), inGroup()), spareBytes);
    }

    boolean fits(long baseBytes) {
        return available.getAsLong() - spareBytes >= TIMES * baseBytes;
    }

    private static long inMachine() {
        Matcher found = AVAILABLE.matcher(read(Path.of("/proc/meminfo")));
        return found.find() ? Long.parseLong(found.group(1)) * KIBI : Long.MAX_VALUE;
    }

    private static long inGroup() {
        Matcher path = Pattern.compile("(?m)^0::/?(.*)$").matcher(read(Path.of("/proc/self/cgroup")));
        if (!path.find()) {
            return Long.MAX_VALUE;
        }
        Path group = Path.of("/sys/fs/cgroup").resolve(path.group(1));
        long most = number(group.resolve("memory.max"));
        long used = number(group.resolve("memory.current"));
        return most == Long.MAX_VALUE || used == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, most - used);
    }

    /** A file with {@code max} in it, or none, bounds nothing. */
    private static long number(Path file) {
        String text = read(file).strip();
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException _) {
            return "";
        }
    }
}
