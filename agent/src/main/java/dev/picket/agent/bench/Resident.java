package dev.picket.agent.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of a JVM's memory is resident, in parts that can be told from outside, by {@code /proc/PID/smaps}:
 *
 * <pre>
 *   below 4 GiB              the Java heap, which HotSpot puts there while it is as small as ours
 *   32 GiB and a little      classes: the start-up cache, and those loaded beside it
 *   mapped from *.so         libraries: the JVM, ONNX Runtime, tokenizers, SQLite, libc
 *   mapped from other files  files: jars, the runtime's image
 *   all else                 native: weights and what ONNX Runtime computes in, compiled code, stacks
 * </pre>
 */
public final class Resident {
    /** The parts, and their sum. */
    public enum Part {
        ALL,
        HEAP,
        CLASSES,
        LIBRARIES,
        FILES,
        NATIVE;

        /** As {@code picket bench} calls it. */
        public String figure() {
            return this == ALL ? "resident-megabytes" : "resident-" + name().toLowerCase(Locale.ROOT) + "-megabytes";
        }
    }

    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ \\S+ \\S+ \\S+ \\d+ *(.*)");
    private static final Pattern RESIDENT = Pattern.compile("Rss: +(\\d+) kB");
    private static final long HEAP_END = 1L << 32;
    private static final long CLASSES_BEGIN = 1L << 35;
    private static final long CLASSES_END = CLASSES_BEGIN + (2L << 30);
    private static final double KILOBYTES_PER_MEGABYTE = 1e6 / 1024;

    private Resident() {}

    static Map<Part, Double> of(long pid) throws IOException {
        Map<Part, Double> parts = new EnumMap<>(Part.class);
        Part part = Part.NATIVE;
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps"))) {
            Matcher mapping = MAPPING.matcher(line);
            Matcher resident = RESIDENT.matcher(line);
            if (mapping.matches()) {
                part = part(Long.parseUnsignedLong(mapping.group(1), 16), mapping.group(2));
            } else if (resident.matches()) {
                double megabytes = Long.parseLong(resident.group(1)) / KILOBYTES_PER_MEGABYTE;
                parts.merge(part, megabytes, Double::sum);
                parts.merge(Part.ALL, megabytes, Double::sum);
            }
        }
        return parts;
    }

    static Part part(long address, String file) {
        if (file.contains(".so")) {
            return Part.LIBRARIES;
        }
        if (file.endsWith(".aot") || (address >= CLASSES_BEGIN && address < CLASSES_END)) {
            return Part.CLASSES;
        }
        if (file.startsWith("/")) {
            return Part.FILES;
        }
        return address < HEAP_END && file.isEmpty() ? Part.HEAP : Part.NATIVE;
    }
}
