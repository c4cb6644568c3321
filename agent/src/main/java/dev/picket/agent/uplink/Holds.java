package dev.picket.agent.uplink;

import dev.picket.inference.Priority;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Which priorities wait because the broker has refused one of their rows.
 *
 * <pre>
 *   FLOWING --a row is refused--> HELD --a jittered wait, longer each time--> FLOWING again, from that row on
 * </pre>
 *
 * One that is held does not hold the others. Nothing survives the connection.
 */
final class Holds {
    private static final int OK = 0;

    private static final class Hold {
        private final Backoff backoff;
        private boolean held;
        private long untilNanos;
        private long refusedSeq;
        private int refusedCode = OK;

        Hold(Backoff backoff) {
            this.backoff = backoff;
        }

        private boolean isHeld(long nowNanos) {
            held = held && nowNanos - untilNanos < 0;
            return held;
        }
    }

    private final Map<Priority, Hold> holds = new EnumMap<>(Priority.class);

    /** @param backoff a new one for each priority */
    Holds(Supplier<Backoff> backoff) {
        for (Priority priority : Priority.values()) {
            holds.put(priority, new Hold(backoff.get()));
        }
    }

    synchronized boolean held(Priority priority) {
        Hold hold = holds.get(priority);
        return hold != null && hold.isHeld(System.nanoTime());
    }

    synchronized void acknowledged(Priority priority, long seq) {
        Hold hold = holds.get(priority);
        if (hold != null && hold.refusedCode != OK && seq >= hold.refusedSeq && !hold.held) {
            hold.refusedCode = OK;
            hold.backoff.reset();
        }
    }

    /** Holds the priority; true when it had no trouble before. */
    synchronized boolean refused(Priority priority, long seq, int reasonCode) {
        Hold hold = holds.get(priority);
        if (hold == null) {
            return false;
        }
        boolean first = hold.refusedCode == OK;
        hold.refusedSeq = hold.held ? Math.min(hold.refusedSeq, seq) : seq;
        if (!hold.held) {
            hold.held = true;
            hold.untilNanos = System.nanoTime() + hold.backoff.next().toNanos();
        }
        hold.refusedCode = reasonCode;
        return first;
    }

    /** How long at most to wait for rows before the next look. */
    synchronized Duration untilNextLook(Duration most) {
        long now = System.nanoTime();
        long nanos = most.toNanos();
        for (Hold hold : holds.values()) {
            if (hold.held) {
                nanos = Math.min(nanos, Math.max(1, hold.untilNanos - now));
            }
        }
        return Duration.ofNanos(nanos);
    }

    /** A sentence for each priority that the broker refuses; empty when all is well. */
    synchronized String trouble() {
        return holds.entrySet().stream()
                .filter(entry -> entry.getValue().refusedCode != OK)
                .map(entry -> String.format(
                        Locale.ROOT,
                        "The broker refuses verdicts of priority %s with reason code %d; they wait in the journal and are"
                                + " offered again and again; allow them to this client.",
                        entry.getKey().wireName(),
                        entry.getValue().refusedCode))
                .collect(Collectors.joining(" "));
    }
}
