package dev.picket.agent.console;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What came of each gateway's numbered events, by the rule of the wire: numbers are dense within (epoch, priority), so a
 * number that neither comes nor is told as dropped is a loss.
 */
public final class Ledger {
    private static final int MOST_BITS = 1 << 20;
    private static final int MOST_DROPS = 1_000;
    private static final int MOST_LINES = 10_000;

    private record Key(String gateway, String epoch, String priority) {}

    private final Map<Key, SeqLine> lines = new LinkedHashMap<>();
    private final Map<String, String> epochs = new TreeMap<>();
    private final int mostLines;
    private long received;
    private long duplicates;
    private long dropped;
    private long gapsOfForgotten;

    public Ledger() {
        this(MOST_LINES);
    }

    Ledger(int mostLines) {
        this.mostLines = mostLines;
    }

    /** One event came; false when it had come before. */
    public boolean event(String gateway, String epoch, String priority, long seq) {
        received++;
        boolean fresh = line(new Key(gateway, epoch, priority), seq).add(seq);
        if (!fresh) {
            duplicates++;
        }
        return fresh;
    }

    /**
     * A gateway says that it dropped some.
     *
     * @param keeping of these only its multiples remain; null: none
     */
    public void dropped(String gateway, String epoch, String priority, long from, long to, @Nullable Long keeping) {
        dropped++;
        line(new Key(gateway, epoch, priority), from).dropped(from, to, keeping);
    }

    /** Events that came, those told twice among them. */
    public long received() {
        return received;
    }

    public long duplicates() {
        return duplicates;
    }

    /** How often gateways said that they had dropped some. */
    public long drops() {
        return dropped;
    }

    /** Numbers that neither came nor were told as dropped, so far. */
    public long gaps() {
        return gapsOfForgotten
                + lines.values().stream().mapToLong(SeqLine::gaps).sum();
    }

    /** Where the gaps are: one sentence for each line that has some. */
    public Map<String, Long> gapsByLine() {
        Map<String, Long> all = new TreeMap<>();
        lines.forEach((key, line) -> {
            if (line.gaps() > 0) {
                all.put("%s %s-%s".formatted(key.gateway(), key.epoch(), key.priority()), line.gaps());
            }
        });
        return all;
    }

    /** A gateway that was known under another epoch begins the new one while we listen: then its first is expected. */
    private SeqLine line(Key key, long seq) {
        SeqLine known = lines.get(key);
        if (known != null) {
            return known;
        }
        if (lines.size() >= mostLines) {
            Key oldest = lines.keySet().iterator().next();
            SeqLine forgotten = lines.remove(oldest);
            gapsOfForgotten += forgotten == null ? 0 : forgotten.gaps();
        }
        String first = epochs.computeIfAbsent(key.gateway(), _ -> key.epoch());
        SeqLine line = new SeqLine(first.equals(key.epoch()) ? seq : Math.min(1, seq), MOST_BITS, MOST_DROPS);
        lines.put(key, line);
        return line;
    }
}
