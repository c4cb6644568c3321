package dev.picket.agent.rows;

import dev.picket.inference.Priority;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A place in the journal: a seq for each priority, written as {@code escalation:12,alarm:3}. A priority that is not named
 * stands at its beginning.
 */
public record RowCursor(Map<Priority, Long> seqs) {
    public static final RowCursor BEGINNING = new RowCursor(Map.of());

    private static final Pattern PLACE = Pattern.compile("([a-z]+):([0-9]{1,16})");

    public RowCursor {
        seqs = Map.copyOf(seqs);
    }

    /** @throws IllegalArgumentException with one sentence when it is none */
    public static RowCursor parse(String text) {
        Map<Priority, Long> seqs = new EnumMap<>(Priority.class);
        for (String each : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            var place = PLACE.matcher(each);
            Priority priority = !place.matches()
                    ? null
                    : Arrays.stream(Priority.values())
                            .filter(one -> one.wireName().equals(place.group(1)))
                            .findFirst()
                            .orElse(null);
            if (priority == null) {
                throw new IllegalArgumentException(
                        "'" + each + "' is no place in the journal; write one such as routine:42");
            }
            seqs.put(priority, Long.parseLong(place.group(2)));
        }
        return new RowCursor(seqs);
    }

    public long of(Priority priority) {
        return seqs.getOrDefault(priority, 0L);
    }

    /** All seqs together: how far it is, for a bar. */
    public long total() {
        return seqs.values().stream().mapToLong(Long::longValue).sum();
    }

    RowCursor with(Priority priority, long seq) {
        Map<Priority, Long> seqs = new EnumMap<>(Priority.class);
        seqs.putAll(this.seqs);
        seqs.put(priority, seq);
        return new RowCursor(seqs);
    }

    @Override
    public String toString() {
        return new EnumMap<>(withAll())
                .entrySet().stream()
                        .map(each -> each.getKey().wireName() + ":" + each.getValue())
                        .collect(Collectors.joining(","));
    }

    private Map<Priority, Long> withAll() {
        Map<Priority, Long> all = new EnumMap<>(Priority.class);
        for (Priority each : Priority.values()) {
            all.put(each, of(each));
        }
        return all;
    }
}
