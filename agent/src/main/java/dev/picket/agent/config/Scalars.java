package dev.picket.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads single values as people write them: {@code 250ms}, {@code 7d}, {@code 64MiB}. */
public final class Scalars {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final Pattern BYTES = Pattern.compile("(\\d{1,12})\\s*(B|KiB|MiB|GiB|kB|MB|GB)?");
    private static final Map<String, Long> FACTORS = Map.of(
            "B",
            1L,
            "KiB",
            1L << 10,
            "MiB",
            1L << 20,
            "GiB",
            1L << 30,
            "kB",
            1_000L,
            "MB",
            1_000_000L,
            "GB",
            1_000_000_000L);

    private Scalars() {}

    /**
     * @param component the record component's name; one that says bytes takes their units
     * @throws IllegalArgumentException with a sentence that says what was expected
     */
    static Object read(Class<?> type, String component, String text) {
        if (type == String.class) {
            return text;
        }
        if (type == boolean.class) {
            return bool(text);
        }
        if (type == int.class || type == Integer.class) {
            return Math.toIntExact(whole(text, Integer.MAX_VALUE));
        }
        if (type == long.class) {
            return inBytes(component) ? bytes(text) : whole(text, Long.MAX_VALUE);
        }
        if (type == double.class) {
            return real(text);
        }
        if (type == Duration.class) {
            return duration(text);
        }
        if (type == Path.class) {
            return Path.of(text);
        }
        if (type == SecretFile.class) {
            return SecretFile.of(text);
        }
        if (type == URI.class) {
            return URI.create(text);
        }
        if (type.isEnum()) {
            return constant(type, text);
        }
        throw new IllegalStateException("no reader for " + type);
    }

    private static boolean inBytes(String component) {
        return component.endsWith("Bytes") || component.startsWith("bytesPer") || component.contains("BytesPer");
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        };
    }

    private static long whole(String text, long max) {
        try {
            long value = Long.parseLong(text);
            if (value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number", e);
        }
        throw new IllegalArgumentException("'" + text + "' is too large");
    }

    private static double real(String text) {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a number", e);
        }
        // Every comparison with NaN is false, so a limit of it would limit nothing.
        throw new IllegalArgumentException("'" + text + "' is not a finite number");
    }

    /** @throws IllegalArgumentException with a sentence that says what was expected */
    public static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration such as 250ms, 30s, 5m, 12h or 7d");
        }
        return Duration.ofMillis(
                Math.multiplyExact(Long.parseLong(matcher.group(1)), MILLIS.getOrDefault(matcher.group(2), 1L)));
    }

    private static long bytes(String text) {
        Matcher matcher = BYTES.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a size such as 4096, 64KiB, 256MiB or 2GiB");
        }
        String unit = matcher.group(2);
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit == null ? 1L : FACTORS.getOrDefault(unit, 1L));
    }

    private static Object constant(Class<?> type, String text) {
        List<?> constants = Arrays.asList(type.getEnumConstants());
        for (Object constant : constants) {
            if (wireName(constant).equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is none of "
                + constants.stream().map(Scalars::wireName).toList());
    }

    private static String wireName(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
