package dev.picket.agent.update;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory that can be had without swapping: what the machine has, or a control group (version 2) that this process is in has
 * left, whichever is less. A group counts cached files as used, though the kernel drops them first; so they are left out.
 */
final class MemoryReading {
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");
    private static final Pattern GROUP = Pattern.compile("(?m)^0::/?(.*)$");
    private static final Pattern CACHED = Pattern.compile("(?m)^inactive_file (\\d{1,18})$");
    private static final int KIBI = 1024;

    private final Path root;

    /** @param root what holds {@code proc} and {@code sys}; the machine's own is {@code /} */
    MemoryReading(Path root) {
        this.root = root;
    }

    /** Bytes; as many as there are numbers where nothing can be read. */
    long available() {
        return Math.min(inMachine(), inGroups());
    }

    private long inMachine() {
        Matcher found = AVAILABLE.matcher(read(root.resolve("proc/meminfo")));
        return found.find() ? Long.parseLong(found.group(1)) * KIBI : Long.MAX_VALUE;
    }

    /** A limit binds all groups below it. */
    private long inGroups() {
        Matcher path = GROUP.matcher(read(root.resolve("proc/self/cgroup")));
        if (!path.find()) {
            return Long.MAX_VALUE;
        }
        Path top = root.resolve("sys/fs/cgroup");
        long least = Long.MAX_VALUE;
        for (Path group = top.resolve(path.group(1)).normalize();
                group != null && group.startsWith(top);
                group = group.getParent()) {
            least = Math.min(least, left(group));
        }
        return least;
    }

    private static long left(Path group) {
        long most = Math.min(number(group.resolve("memory.max")), number(group.resolve("memory.high")));
        long used = number(group.resolve("memory.current"));
        if (most == Long.MAX_VALUE || used == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        Matcher cached = CACHED.matcher(read(group.resolve("memory.stat")));
        long droppable = cached.find() ? Long.parseLong(cached.group(1)) : 0;
        return Math.max(0, most - Math.max(0, used - droppable));
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
