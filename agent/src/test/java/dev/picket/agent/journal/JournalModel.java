package dev.picket.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.RetentionConfig;
import dev.picket.inference.Priority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A journal beside what may be expected of it, and a source and a fleet as plain as can be.
 *
 * <pre>
 * source   readings r0 r1 r2 ...; after a kill it goes on behind the saved position, so readings that lay ahead come again
 * fleet    acknowledges a prefix of what is pending, and remembers each gap that it was told
 * </pre>
 */
final class JournalModel implements AutoCloseable {
    private static final String SOURCE = "line1";
    private static final List<Priority> PRIORITIES = List.of(Priority.values());

    private final FaultyCommit before = new FaultyCommit(FaultyCommit.When.BEFORE);
    private final FaultyCommit after = new FaultyCommit(FaultyCommit.When.AFTER);
    private final FakeUptime machine = new FakeUptime();
    private final Path folder;
    private final List<Gap> told = new ArrayList<>();
    private final Map<Priority, Long> sent = new EnumMap<>(Priority.class);
    /** Which reading each seq is, as it was first seen. */
    private final Map<String, String> readings = new HashMap<>();
    /** Readings that have their outcome. */
    private final Set<Integer> settled = new HashSet<>();

    private final Map<Priority, Long> seqs = new EnumMap<>(Priority.class);
    private Set<Integer> ahead = new LinkedHashSet<>();
    private int position;
    private int files;
    private JournalConfig config;
    private Journal journal;
    private @Nullable String epoch;

    JournalModel(Path folder, JournalConfig config) throws Exception {
        this.folder = folder;
        this.config = config;
        this.journal = open();
    }

    /**
     * Appends the next readings; those ahead leave one before them open, which the next append settles.
     *
     * @param fault where the first try fails; it is repeated then, as the read flow does
     */
    void append(int count, int aheadCount, FaultyCommit.@Nullable When fault) throws Exception {
        List<Outcome> outcomes = new ArrayList<>();
        List<Integer> settling = new ArrayList<>();
        int next = position;
        while (settling.size() < count) {
            settling.add(next++);
        }
        Set<Integer> passed = new LinkedHashSet<>();
        for (int reading : settling) {
            if (ahead.contains(reading)) {
                passed.add(reading);
            } else {
                outcomes.add(outcome(reading));
            }
        }
        List<Integer> above = new ArrayList<>();
        for (int reading = next + 1; above.size() < aheadCount; reading++) {
            above.add(reading);
        }
        Batch batch = new Batch(
                outcomes,
                above.stream()
                        .filter(each -> !ahead.contains(each))
                        .map(this::outcome)
                        .toList(),
                passed.stream().map(each -> new Batch.Place(SOURCE, "r" + each)).toList(),
                count == 0 ? Map.of() : Map.of(SOURCE, "p" + next),
                Map.of());
        if (fault != null) {
            FaultyCommit faulty = fault == FaultyCommit.When.BEFORE ? before : after;
            faulty.failNext();
            tryAppend(batch);
            // A full journal refuses before it commits.
            faulty.failNoMore();
        }
        if (tryAppend(batch)) {
            count(batch.settled());
            count(batch.ahead());
            ahead.removeAll(settling);
            ahead.addAll(above);
            settled.addAll(settling);
            settled.addAll(above);
            position = next;
        }
    }

    /** As after a crash: what lies ahead is handed in again. */
    private void readAgain() throws Exception {
        if (!ahead.isEmpty()) {
            List<Outcome> again = ahead.stream().map(this::outcome).toList();
            tryAppend(new Batch(List.of(), again, List.of(), Map.of(), Map.of()));
        }
    }

    void read(int max) throws Exception {
        List<PendingVerdict> rows = journal.pending(max, Map.of());
        assertThat(rows).hasSizeLessThanOrEqualTo(max);
        assertThat(rows)
                .isSortedAccordingTo((a, b) -> a.priority() == b.priority()
                        ? Long.compare(a.seq(), b.seq())
                        : a.priority().compareTo(b.priority()));
        assertThat(rows).allSatisfy(row -> assertThat(row.lifeLeft()).isPositive());
    }

    void acknowledge(Priority priority, int max) throws Exception {
        journal.pending(1_000_000, Map.of()).stream()
                .filter(row -> row.priority() == priority)
                .limit(max)
                .mapToLong(PendingVerdict::seq)
                .max()
                .ifPresent(through -> sent.put(priority, through));
        journal.markSent(sent);
    }

    void drop(Priority priority, int nth) throws Exception {
        List<PendingVerdict> rows = journal.pending(1_000, Map.of()).stream()
                .filter(row -> row.priority() == priority)
                .toList();
        if (nth < rows.size()) {
            journal.drop(priority, rows.get(nth).seq(), rows.get(nth).seq(), "too-large");
        }
    }

    /** The fleet hears of gaps; one of them grows meanwhile, now and then. */
    void tell(int max) throws Exception {
        List<Gap> gaps = journal.gaps(max);
        told.addAll(gaps);
        if (max % 2 == 0) {
            append(max, 0, null);
        }
        journal.markTold(gaps);
    }

    void pass(Duration time) {
        machine.pass(time);
    }

    void clock(int number) {
        machine.synchronise(number % 3 == 0);
        if (number % 3 != 0) {
            machine.setClock(number % 2 == 0 ? Instant.EPOCH : Instant.parse("2036-02-07T00:00:00Z"));
        }
    }

    void sweep(RetentionConfig retention) throws Exception {
        journal.sweep(retention);
    }

    /** The files go on as they were at that moment; what the old process does after it is lost. */
    void kill() throws Exception {
        Path from = file();
        files++;
        Copies.of(from, file());
        Journal dead = journal;
        journal = open();
        dead.close();
        assertThat(journal.stoppedCleanly()).isFalse();
        readAgain();
    }

    void restart() throws Exception {
        journal.close();
        journal = open();
        readAgain();
    }

    void reboot(Duration off, boolean clockRuns) throws Exception {
        journal.close();
        machine.reboot(off, clockRuns);
        journal = open();
        readAgain();
    }

    void configure(JournalConfig other) throws Exception {
        long unsent = journal.depth().total();
        config = other;
        restart();
        assertThat(journal.depth().total())
                .as("nothing is dropped by a restart")
                .isEqualTo(unsent);
    }

    void agree() throws Exception {
        assertThat(journal.epoch()).isEqualTo(epoch);
        assertThat(journal.position(SOURCE).orElse("p0")).isEqualTo("p" + position);
        List<Gap> gaps = new ArrayList<>(told);
        List<PendingVerdict> pending = journal.pending(1_000_000, Map.of());
        gaps.addAll(journal.gaps(1_000_000));
        Depth depth = journal.depth();
        assertThat(depth.total()).isEqualTo(pending.size());
        for (Priority priority : PRIORITIES) {
            agree(priority, pending, gaps, depth);
        }
        for (PendingVerdict row : journal.latest(1_000_000)) {
            String reading = row.verdict().readingId();
            assertThat(Optional.ofNullable(readings.put(row.id(), reading)).orElse(reading))
                    .as(row.id())
                    .isEqualTo(reading);
        }
        assertThat(new HashSet<>(readings.values())).as("one outcome a reading").hasSize(readings.size());
        assertThat(Files.size(file())).isLessThanOrEqualTo(Math.max(config.maxBytes(), 3L * (256 << 10)));
    }

    private void agree(Priority priority, List<PendingVerdict> pending, List<Gap> gaps, Depth depth) {
        Set<Long> owed = new HashSet<>();
        pending.stream().filter(row -> row.priority() == priority).forEach(row -> owed.add(row.seq()));
        long last = seqs.getOrDefault(priority, 0L);
        long through = sent.getOrDefault(priority, 0L);
        for (long seq = 1; seq <= last; seq++) {
            boolean explained = explained(gaps, priority, seq);
            assertThat(seq <= through || owed.contains(seq) || explained)
                    .as("%s %d of %d is sent, pending or explained", priority, seq, last)
                    .isTrue();
            assertThat(owed.contains(seq) && (seq <= through || explained))
                    .as("%s %d is pending and nothing else", priority, seq)
                    .isFalse();
        }
        assertThat(owed).allSatisfy(seq -> assertThat(seq).isLessThanOrEqualTo(last));
        long first = owed.isEmpty() ? last + 1 : Collections.min(owed);
        assertThat(depth.ackedThrough().get(priority)).isEqualTo(first - 1);
    }

    private static boolean explained(List<Gap> gaps, Priority priority, long seq) {
        return gaps.stream()
                .anyMatch(gap -> gap.priority() == priority
                        && gap.from() <= seq
                        && seq <= gap.to()
                        && (gap.keeping() == null || seq % gap.keeping() != 0));
    }

    private boolean tryAppend(Batch batch) {
        try {
            journal.append(batch);
            return true;
        } catch (JournalUnavailableException e) {
            return false;
        }
    }

    private void count(List<Outcome> outcomes) {
        for (Outcome outcome : outcomes) {
            switch (outcome) {
                case Verdict verdict -> seqs.merge(verdict.priority(), 1L, Long::sum);
                case Drop _ -> {}
            }
        }
    }

    private Outcome outcome(int reading) {
        return Verdicts.of(SOURCE, "r" + reading, "fraud", PRIORITIES.get(reading % PRIORITIES.size()));
    }

    private Journal open() throws Exception {
        Journal opened = Journal.open(file(), config, machine.clock(), machine, writer -> {
            after.commitIfFailing(writer);
            before.commit(writer);
        });
        epoch = epoch == null ? opened.epoch() : epoch;
        return opened;
    }

    private Path file() {
        return folder.resolve("journal-" + files + ".db");
    }

    @Override
    public void close() {
        journal.close();
    }
}
