package dev.picket.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.Priority;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The promise about seqs: each one through the last is sent, or pending, or explained by a gap, told or not. */
final class Explained {
    private final Collection<Gap> gaps;
    private final Map<Priority, Long> sent;

    private Explained(Collection<Gap> gaps, Map<Priority, Long> sent) {
        this.gaps = gaps;
        this.sent = sent;
    }

    static Explained by(Collection<Gap> gaps) {
        return new Explained(gaps, Map.of());
    }

    /** Where the fleet has all rows up to those seqs, or was told. */
    Explained beyond(Map<Priority, Long> through) {
        return new Explained(gaps, through);
    }

    void in(Journal journal) throws JournalUnavailableException {
        List<PendingVerdict> pending = journal.pending(Integer.MAX_VALUE, Map.of());
        for (Priority priority : Priority.values()) {
            Set<Long> owed = new HashSet<>();
            pending.stream().filter(row -> row.priority() == priority).forEach(row -> owed.add(row.seq()));
            long last = Math.max(
                    journal.depth().ackedThrough().getOrDefault(priority, 0L),
                    owed.stream().mapToLong(Long::longValue).max().orElse(0));
            for (long seq = sent.getOrDefault(priority, 0L) + 1; seq <= last; seq++) {
                boolean explained = isGap(priority, seq);
                assertThat(owed.contains(seq) ^ explained)
                        .as(
                                "%s %d is either pending (%s) or explained (%s)",
                                priority, seq, owed.contains(seq), explained)
                        .isTrue();
            }
        }
    }

    private boolean isGap(Priority priority, long seq) {
        return gaps.stream()
                .anyMatch(gap -> gap.priority() == priority
                        && gap.from() <= seq
                        && seq <= gap.to()
                        && (gap.keeping() == null || seq % gap.keeping() != 0));
    }
}
