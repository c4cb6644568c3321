package dev.picket.agent.uplink;

import java.util.Map;
import java.util.TreeMap;

/**
 * Stretches of one priority that the broker has acknowledged while older rows are still unsent. They live in memory
 * alone: the journal's mark has no holes, so after a restart such rows are sent again, under the same ids.
 */
final class EarlyRows {
    private final TreeMap<Long, Long> stretches = new TreeMap<>();

    void add(long from, long to) {
        stretches.merge(from, to, Math::max);
    }

    /** The seq behind which a row may come that is not among them, going on behind {@code seq}. */
    long skip(long seq) {
        long behind = seq;
        Map.Entry<Long, Long> around = stretches.floorEntry(behind + 1);
        while (around != null && around.getValue() > behind) {
            behind = around.getValue();
            around = stretches.floorEntry(behind + 1);
        }
        return behind;
    }

    boolean has(long seq) {
        Map.Entry<Long, Long> around = stretches.floorEntry(seq);
        return around != null && around.getValue() >= seq;
    }

    /** The mark has passed these. */
    void forgetThrough(long seq) {
        while (!stretches.isEmpty() && stretches.firstEntry().getValue() <= seq) {
            stretches.pollFirstEntry();
        }
    }

    int size() {
        return stretches.size();
    }
}
