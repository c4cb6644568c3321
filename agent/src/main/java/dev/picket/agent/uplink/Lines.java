package dev.picket.agent.uplink;

import dev.picket.inference.Priority;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How far the rows of each priority are handed over on one connection.
 *
 * <pre>
 *   FLOWING --a row is refused--> HELD --the pause is over, and a page is read--> FLOWING again, from that row on
 * </pre>
 *
 * A line that is held does not hold the others. Rows behind a refused one that were under way with it may be sent twice.
 * Nothing survives the connection: the next one begins from what the journal says.
 */
final class Lines {
    private static final int OK = 0;

    private static final class Line {
        private long handedOver;
        private boolean held;
        private long heldUntilNanos;
        private long refusedSeq;
        private int refusedCode = OK;
    }

    private final Map<Priority, Line> lines = new EnumMap<>(Priority.class);
    private final Duration pause;

    Lines(Duration pause) {
        this.pause = pause;
        for (Priority priority : Priority.values()) {
            lines.put(priority, new Line());
        }
    }

    /** Behind which seq each line goes on, for a page that is read now; a held one behind all. */
    synchronized Map<Priority, Long> after() {
        Map<Priority, Long> after = new EnumMap<>(Priority.class);
        for (Map.Entry<Priority, Line> entry : lines.entrySet()) {
            Line line = entry.getValue();
            if (line.held && System.nanoTime() - line.heldUntilNanos >= 0) {
                line.held = false;
                line.handedOver = Math.min(line.handedOver, line.refusedSeq - 1);
            }
            after.put(entry.getKey(), line.held ? Long.MAX_VALUE : line.handedOver);
        }
        return after;
    }

    synchronized boolean held(Priority priority) {
        return line(priority).held;
    }

    synchronized void handedOver(Priority priority, long seq) {
        line(priority).handedOver = seq;
    }

    synchronized void acknowledged(Priority priority, long seq) {
        Line line = line(priority);
        if (!line.held && line.refusedSeq == seq) {
            line.refusedCode = OK;
        }
    }

    /** Holds the line; true when it had no trouble before. */
    synchronized boolean refused(Priority priority, long seq, int reasonCode) {
        Line line = line(priority);
        boolean first = line.refusedCode == OK;
        line.refusedSeq = line.held ? Math.min(line.refusedSeq, seq) : seq;
        if (!line.held) {
            line.held = true;
            line.heldUntilNanos = System.nanoTime() + pause.toNanos();
        }
        line.refusedCode = reasonCode;
        return first;
    }

    /** How long at most to wait for rows before the next look: a held line is due then. */
    synchronized Duration untilNextLook(Duration most) {
        long nanos = most.toNanos();
        for (Line line : lines.values()) {
            if (line.held) {
                nanos = Math.min(nanos, Math.max(1, line.heldUntilNanos - System.nanoTime()));
            }
        }
        return Duration.ofNanos(nanos);
    }

    /** A sentence for each line that is not as it should be; empty when all is well. */
    synchronized String trouble() {
        return lines.entrySet().stream()
                .map(entry -> refusal(entry.getKey(), entry.getValue()))
                .filter(sentence -> !sentence.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private String refusal(Priority priority, Line line) {
        return line.refusedCode == OK
                ? ""
                : String.format(
                        Locale.ROOT,
                        "The broker refuses verdicts of priority %s with reason code %d; they wait in the journal and are"
                                + " offered again every %d ms; allow them to this client.",
                        priority.wireName(),
                        line.refusedCode,
                        pause.toMillis());
    }

    private Line line(Priority priority) {
        return lines.computeIfAbsent(priority, _ -> new Line());
    }
}
