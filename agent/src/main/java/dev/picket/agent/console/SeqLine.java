package dev.picket.agent.console;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which sequence numbers of one (gateway, epoch, priority) came, in bounded memory.
 *
 * <pre>
 *   first ... floor ............ highest
 *   all accounted for | seen or not, a bit each; what is neither seen nor told as dropped is a gap
 * </pre>
 *
 * Below {@code first} nothing is expected: it was sent before anybody listened.
 */
final class SeqLine {
    /** What {@code dropped} says: of these, only multiples of {@code keeping} remain; none where it is null. */
    private record Dropped(long from, long to, @Nullable Long keeping) {
        boolean covers(long seq) {
            return seq >= from && seq <= to && (keeping == null || seq % keeping != 0);
        }
    }

    private final int mostBits;
    private final int mostDrops;
    private final BitSet seen = new BitSet();
    private final List<Dropped> drops = new ArrayList<>();
    private final long first;
    private long floor;
    private long highest;
    private long lostBelow;

    /**
     * @param first the first that is expected
     * @param mostBits how far above the oldest gap numbers are told apart; an older gap then counts as lost for good
     * @param mostDrops the most {@code dropped} events that are kept above the floor
     */
    SeqLine(long first, int mostBits, int mostDrops) {
        this.first = first;
        this.floor = first;
        this.highest = first - 1;
        this.mostBits = mostBits;
        this.mostDrops = mostDrops;
    }

    /** Notes one that came; false when it had come before. */
    boolean add(long seq) {
        if (seq < first) {
            return true;
        }
        if (seq < floor) {
            return false;
        }
        if (seq - floor >= mostBits) {
            giveUpBelow(seq - mostBits / 2);
        }
        if (seen.get(index(seq))) {
            return false;
        }
        seen.set(index(seq));
        highest = Math.max(highest, seq);
        settle();
        return true;
    }

    void dropped(long from, long to, @Nullable Long keeping) {
        if (drops.size() >= mostDrops) {
            giveUpBelow(drops.removeFirst().from());
        }
        drops.add(new Dropped(from, to, keeping));
        settle();
    }

    /** How many below the highest neither came nor were told as dropped. */
    long gaps() {
        return lostBelow + missing(highest);
    }

    private long missing(long through) {
        long count = 0;
        for (long seq = floor; seq <= through; seq++) {
            if (isMissing(seq)) {
                count++;
            }
        }
        return count;
    }

    private boolean isMissing(long seq) {
        return !seen.get(index(seq)) && drops.stream().noneMatch(each -> each.covers(seq));
    }

    private void settle() {
        long next = floor;
        while (next <= highest && !isMissing(next)) {
            next++;
        }
        moveFloor(next);
    }

    /** What is missing below it is lost for good; what lies between all that came and it is no bits but one range. */
    private void giveUpBelow(long to) {
        lostBelow += missing(Math.min(highest, to - 1));
        if (to - 1 > highest) {
            lostBelow += uncovered(highest + 1, to - 1);
            highest = to - 1;
        }
        moveFloor(to);
    }

    private long uncovered(long from, long to) {
        long next = from;
        long count = 0;
        for (Dropped each :
                drops.stream().sorted(Comparator.comparingLong(Dropped::from)).toList()) {
            count += Math.max(0, Math.min(each.from() - 1, to) - next + 1);
            next = Math.max(next, each.to() + 1);
        }
        return count + Math.max(0, to - next + 1);
    }

    private void moveFloor(long to) {
        if (to <= floor) {
            return;
        }
        BitSet rest = to - floor >= seen.length() ? new BitSet() : seen.get(index(to), seen.length());
        seen.clear();
        seen.or(rest);
        floor = to;
        drops.removeIf(each -> each.to() < floor);
    }

    private int index(long seq) {
        return Math.toIntExact(seq - floor);
    }
}
