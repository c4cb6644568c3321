package dev.picket.agent.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The keys that a record stands for, and the names they have in files and in the environment. */
public final class Keys {
    private Keys() {}

    /** {@code ackTimeout} as it stands in a file: {@code ack-timeout}. */
    public static String inFile(String component) {
        return component.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    /** {@code uplink.ack-timeout} as it stands in the environment: {@code PICKET_UPLINK_ACK_TIMEOUT}. */
    public static String inEnvironment(String key) {
        return "PICKET_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** Every key below a record, dotted; entries of a list appear as {@code sources[].path}, of a map as {@code x.*}. */
    public static List<String> of(Class<? extends Record> type) {
        List<String> keys = new ArrayList<>();
        collect(type, "", keys);
        return keys;
    }

    private static void collect(Class<?> type, String prefix, List<String> into) {
        for (RecordComponent component : type.getRecordComponents()) {
            collect(component.getGenericType(), prefix + inFile(component.getName()), into);
        }
    }

    private static void collect(Type type, String key, List<String> into) {
        if (type instanceof Class<?> raw && raw.isRecord()) {
            collect(raw, key + ".", into);
        } else if (elementOf(type) instanceof Class<?> element && element.isRecord()) {
            collect(element, key + (isMap(type) ? ".*." : "[]."), into);
        } else {
            into.add(key);
        }
    }

    static Type elementOf(Type type) {
        return type instanceof ParameterizedType generic
                ? generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1]
                : type;
    }

    static boolean isMap(Type type) {
        return type instanceof ParameterizedType generic && generic.getRawType() == java.util.Map.class;
    }

    /** The known word nearest to a misspelt one, if any is near enough to be what was meant. */
    public static Optional<String> nearest(String word, Collection<String> known) {
        String best = null;
        int least = Math.max(2, word.length() / 3) + 1;
        for (String candidate : known) {
            int distance = distance(word, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Levenshtein's distance: single-character edits from one word to the other. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
