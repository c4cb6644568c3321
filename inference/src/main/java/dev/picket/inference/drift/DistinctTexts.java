package dev.picket.inference.drift;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Whether a text was seen within the last few panes of time; floors repeat themselves, and a line that comes a thousand
 * times says no more than once. One set of hashes a pane, the oldest leaving as a new pane begins; a text that was seen before is not
 * entered again, so what comes every day counts once a day.
 *
 * <p>Bounded: a pane whose set is full counts no more, and the next one keeps to half of all texts, chosen by their hashes, so
 * that it lasts (Gibbons 2001, "Distinct Sampling for Highly-Accurate Answers to Distinct Values Queries"); a pane that is less than
 * a quarter full lets the next one double its share again.
 */
final class DistinctTexts {
    private static final int FIRST_SLOTS = 64;

    private final int mostPerPane;
    private final int panes;
    private final Deque<Hashes> seen = new ArrayDeque<>();
    private int halvings;
    private boolean full;

    /** @param panes how many are remembered, the one that runs included */
    DistinctTexts(int mostPerPane, int panes) {
        this.mostPerPane = mostPerPane;
        this.panes = panes;
        seen.addLast(new Hashes());
    }

    /** Whether the text is to be counted: new within the panes remembered, of the share that is kept, and there is room. */
    boolean add(long text) {
        if (halvings > 0 && Long.numberOfLeadingZeros(text) < halvings) {
            return false;
        }
        Hashes now = seen.getLast();
        for (Hashes each : seen) {
            if (each.contains(text)) {
                return false;
            }
        }
        if (now.size == mostPerPane) {
            full = true;
            return false;
        }
        now.add(text);
        return true;
    }

    void nextPane() {
        if (full) {
            halvings = Math.min(Long.SIZE / 2, halvings + 1);
        } else if (seen.getLast().size < mostPerPane / 4) {
            halvings = Math.max(0, halvings - 1);
        }
        full = false;
        seen.addLast(new Hashes());
        while (seen.size() > panes) {
            seen.removeFirst();
        }
    }

    int size() {
        return seen.stream().mapToInt(each -> each.size).sum();
    }

    /** A set of 64-bit numbers by open addressing, at most half full. */
    private static final class Hashes {
        private long[] slots = new long[FIRST_SLOTS];
        private int size;

        boolean contains(long hash) {
            return slots[slot(slots, taken(hash))] != 0;
        }

        void add(long hash) {
            if (2 * size >= slots.length) {
                long[] wider = new long[2 * slots.length];
                for (long each : slots) {
                    if (each != 0) {
                        wider[slot(wider, each)] = each;
                    }
                }
                slots = wider;
            }
            slots[slot(slots, taken(hash))] = taken(hash);
            size++;
        }

        /** 0 stands for an empty slot. */
        private static long taken(long hash) {
            return hash == 0 ? 1 : hash;
        }

        private static int slot(long[] slots, long hash) {
            int at = (int) hash & slots.length - 1;
            while (slots[at] != 0 && slots[at] != hash) {
                at = at + 1 & slots.length - 1;
            }
            return at;
        }
    }
}
