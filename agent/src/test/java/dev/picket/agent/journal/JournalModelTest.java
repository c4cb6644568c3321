package dev.picket.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.RetentionConfig;
import dev.picket.inference.Priority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Random actions on a journal and on a model of it: both say the same after each. */
class JournalModelTest {
    private static final JournalConfig CONFIG =
            ConfigLoader.defaults(JournalConfig.class).withMaxBytes(64 << 20);

    /** What is done, with one number of its own. */
    record Action(Kind kind, int number) {
        enum Kind {
            APPEND,
            APPEND_FAULT_BEFORE_COMMIT,
            APPEND_FAULT_AFTER_COMMIT,
            MARK_SENT,
            SWEEP,
            REOPEN
        }
    }

    private static final List<Priority> PRIORITIES = List.of(Priority.values());

    private record Row(Priority priority, long seq) {}

    /** The rows by reading id, in the order in which they came, and which of them are sent. */
    private final Map<String, Row> rows = new LinkedHashMap<>();

    private final Map<String, Row> unsent = new LinkedHashMap<>();
    private final Map<Priority, Long> seqs = new EnumMap<>(Priority.class);
    private String position = "";

    @Property(tries = 40)
    void journalAndModelAgree(@ForAll("actions") List<Action> actions) throws Exception {
        rows.clear();
        unsent.clear();
        seqs.clear();
        position = "";
        Path folder = Files.createTempDirectory("journal-model");
        try {
            play(folder.resolve("journal.db"), actions);
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                files.forEach(file -> assertThat(file.toFile().delete()).isTrue());
            }
            Files.delete(folder);
        }
    }

    @Provide
    Arbitrary<List<Action>> actions() {
        return Combinators.combine(
                        Arbitraries.of(Action.Kind.class),
                        Arbitraries.integers().between(0, 30))
                .as(Action::new)
                .list()
                .ofMaxSize(30);
    }

    private void play(Path file, List<Action> actions) throws Exception {
        FaultyCommit before = new FaultyCommit(FaultyCommit.When.BEFORE);
        FaultyCommit after = new FaultyCommit(FaultyCommit.When.AFTER);
        Journal journal = open(file, before, after);
        String epoch = journal.epoch();
        try {
            for (Action action : actions) {
                switch (action.kind()) {
                    case APPEND -> append(journal, action.number(), null);
                    case APPEND_FAULT_BEFORE_COMMIT -> append(journal, action.number(), before);
                    case APPEND_FAULT_AFTER_COMMIT -> append(journal, action.number(), after);
                    case MARK_SENT -> markSent(journal, action.number());
                    case SWEEP ->
                        journal.sweep(
                                Instant.now().plus(Duration.ofDays(9)),
                                new RetentionConfig(Duration.ofDays(7), Duration.ofDays(30)));
                    case REOPEN -> {
                        journal.close();
                        journal = open(file, before, after);
                    }
                }
                agree(journal, epoch);
            }
        } finally {
            journal.close();
        }
    }

    private static Journal open(Path file, FaultyCommit before, FaultyCommit after) throws Exception {
        return Journal.open(file, CONFIG, Clock.systemUTC(), writer -> {
            after.commitIfFailing(writer);
            before.commit(writer);
        });
    }

    /** What failed is tried again, as the read flow does. */
    private void append(Journal journal, int number, @Nullable FaultyCommit fault) throws JournalUnavailableException {
        List<Verdict> verdicts = new ArrayList<>();
        int first = rows.size();
        for (int i = first; i < first + number; i++) {
            verdicts.add(Verdicts.of("line1", "r" + i, "fraud", PRIORITIES.get(i % 4)));
        }
        Map<String, String> to = number == 0 ? Map.of() : Map.of("line1", "p" + (first + number));
        if (fault != null) {
            fault.failNext();
            assertThatThrownBy(() -> journal.append(verdicts, to)).isInstanceOf(JournalUnavailableException.class);
        }
        journal.append(verdicts, to);
        verdicts.forEach(this::added);
        position = to.getOrDefault("line1", position);
    }

    private void added(Verdict verdict) {
        Row row = new Row(verdict.priority(), seqs.merge(verdict.priority(), 1L, Long::sum));
        rows.put(verdict.readingId(), row);
        unsent.put(verdict.readingId(), row);
    }

    private void markSent(Journal journal, int number) throws JournalUnavailableException {
        Priority priority = PRIORITIES.get(number % 4);
        long through = number / 2;
        journal.markSent(Map.of(priority, through));
        unsent.values().removeIf(row -> row.priority() == priority && row.seq() <= through);
    }

    private void agree(Journal journal, String epoch) throws JournalUnavailableException {
        assertThat(journal.epoch()).isEqualTo(epoch);
        assertThat(journal.position("line1").orElse("")).isEqualTo(position);
        List<String> expected = unsent.values().stream()
                .sorted(Comparator.comparing(Row::priority).thenComparingLong(Row::seq))
                .map(row -> epoch + "-" + row.priority().wireName() + "-" + row.seq())
                .toList();
        assertThat(journal.pending(1_000, Map.of()))
                .extracting(PendingVerdict::id)
                .isEqualTo(expected);
        assertThat(journal.latest(1_000)).hasSize(rows.size());
        Depth depth = journal.depth();
        for (Priority priority : Priority.values()) {
            long open = unsent.values().stream()
                    .filter(row -> row.priority() == priority)
                    .count();
            assertThat(depth.unsent().get(priority)).isEqualTo(open);
            long first = unsent.values().stream()
                    .filter(row -> row.priority() == priority)
                    .mapToLong(Row::seq)
                    .min()
                    .orElse(seqs.getOrDefault(priority, 0L) + 1);
            assertThat(depth.ackedThrough().get(priority)).isEqualTo(first - 1);
        }
    }
}
