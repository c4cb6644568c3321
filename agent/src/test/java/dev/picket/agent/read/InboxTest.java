package dev.picket.agent.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.InboxConfig;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.journal.Inbox;
import dev.picket.agent.journal.InboxFullException;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.PushedReading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboxTest {
    private static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");
    private static final InboxConfig LIMITS = new InboxConfig(4, Duration.ofHours(24), 3);
    private static final PipelineLimits PIPELINE =
            new PipelineLimits(2, 32, 16, Duration.ofMillis(5), 3, Duration.ofMillis(2), Duration.ofSeconds(10));

    @TempDir
    Path folder;

    private final FakeJudge judge = new FakeJudge("fraud");

    @Test
    void aMessageThatComesAgainIsOneReading() throws Exception {
        try (Journal journal = open()) {
            Inbox inbox = journal.inbox();
            assertThat(inbox.receive("mes", List.of(reading("1"), reading("2")), LIMITS))
                    .isEqualTo(new Inbox.Receipt(2, 0));
            assertThat(inbox.receive("mes", List.of(reading("2"), reading("3")), LIMITS))
                    .isEqualTo(new Inbox.Receipt(1, 1));
            assertThat(inbox.receive("other", List.of(reading("2")), LIMITS)).isEqualTo(new Inbox.Receipt(1, 0));
            assertThat(inbox.next("mes", 0, 10))
                    .extracting(row -> row.readingId())
                    .containsExactly("1", "2", "3");
        }
    }

    @Test
    void aReadingWithoutAnIdIsTakenEachTimeAndNamedByItsPlace() throws Exception {
        try (Journal journal = open()) {
            journal.inbox().receive("mes", List.of(reading(null), reading(null)), LIMITS);
            assertThat(journal.inbox().next("mes", 0, 10))
                    .extracting(row -> row.readingId())
                    .containsExactly("in:1", "in:2");
        }
    }

    @Test
    void aFullInboxTakesNothingOfACallAndKeepsWhatItHas() throws Exception {
        try (Journal journal = open()) {
            Inbox inbox = journal.inbox();
            inbox.receive("mes", List.of(reading("1"), reading("2"), reading("3")), LIMITS);
            assertThatThrownBy(() -> inbox.receive("mes", List.of(reading("4"), reading("5")), LIMITS))
                    .isInstanceOf(InboxFullException.class)
                    .hasMessageContaining("holds 4 readings");
            assertThat(inbox.receive("mes", List.of(reading("4")), LIMITS).accepted())
                    .isEqualTo(1);
            assertThat(inbox.next("mes", 0, 10)).hasSize(4);
        }
    }

    @Test
    void idsAreForgottenBeyondTheirCount() throws Exception {
        InboxConfig roomy = new InboxConfig(10_000, Duration.ofHours(24), 3);
        try (Journal journal = open()) {
            Inbox inbox = journal.inbox();
            List<PushedReading> many =
                    IntStream.range(0, 600).mapToObj(i -> reading("m" + i)).toList();
            inbox.receive("mes", many, roomy);
            assertThat(inbox.receive("mes", List.of(reading("m599"), reading("m0")), roomy))
                    .isEqualTo(new Inbox.Receipt(1, 1));
        }
    }

    @Test
    void whatWasAcknowledgedBeforeAStopIsJudgedAfterItAndLeavesTheInboxWithItsVerdict() throws Exception {
        try (Journal journal = open()) {
            journal.inbox().receive("mes", List.of(reading("1"), reading("2")), LIMITS);
        }
        try (Journal journal = open();
                Pipeline pipeline = start(journal)) {
            Until.holds("both are judged", () -> pipeline.metrics().readings() == 2);
            assertThat(journal.latest(10))
                    .extracting(row -> row.verdict().readingId())
                    .containsExactlyInAnyOrder("1", "2");
            assertThat(journal.inbox().next("mes", 0, 10)).isEmpty();
            assertThat(journal.inbox().receive("mes", List.of(reading("2")), LIMITS))
                    .isEqualTo(new Inbox.Receipt(0, 1));
        }
    }

    @Test
    void aReadingStaysInTheInboxUntilAllBeforeItAreJudged() throws Exception {
        judge.hold("slow");
        try (Journal journal = open();
                Pipeline pipeline = start(journal)) {
            InboxSource source = new InboxSource("mes", journal.inbox(), LIMITS, 8_192);
            source.receive(List.of(new PushedReading("1", AT, "first", false)));
            Until.holds("the first is judged", () -> pipeline.metrics().readings() == 1);
            source.receive(List.of(new PushedReading("2", AT, "slow", false), reading("3")));
            Until.holds("the last is judged", () -> journal.depth().total() == 2);
            assertThat(journal.inbox().next("mes", 0, 10)).hasSize(2);
            judge.release("slow");
            Until.holds("all left", () -> journal.inbox().next("mes", 0, 10).isEmpty());
            assertThat(journal.depth().total()).isEqualTo(3);
        }
    }

    @Test
    void aCopyOfTheFilesTakenWithHalfOfThemJudgedGivesEachOneVerdict() throws Exception {
        Path copy = Files.createDirectory(folder.resolve("copy"));
        judge.hold("slow");
        try (Journal journal = open();
                Pipeline pipeline = start(journal)) {
            Stream<PushedReading> readings =
                    Stream.of("first", "slow", "third").map(text -> new PushedReading(text, AT, text, false));
            journal.inbox().receive("mes", readings.toList(), LIMITS);
            Until.holds("two are on disk", () -> journal.depth().total() == 2);
            for (String end : List.of("", "-wal")) {
                Files.copy(folder.resolve("journal.db" + end), copy.resolve("journal.db" + end));
            }
            judge.release("slow");
            Until.holds("all is judged", () -> pipeline.metrics().readings() == 3);
        }
        try (Journal journal = open(copy);
                Pipeline pipeline = start(journal)) {
            Until.holds(
                    "the rest is judged",
                    () -> journal.inbox().next("mes", 0, 10).isEmpty());
            assertThat(pipeline.troubles()).isEmpty();
            assertThat(journal.latest(10))
                    .extracting(row -> row.verdict().readingId())
                    .containsExactlyInAnyOrder("first", "slow", "third");
        }
    }

    @Test
    void whatWaitsTakesNoMoreThanItsPartOfTheJournal() throws Exception {
        JournalConfig small = ConfigLoader.defaults(JournalConfig.class).withMaxBytes(1 << 20);
        InboxConfig roomy = new InboxConfig(10_000, Duration.ofHours(24), 3);
        try (Journal journal = Journal.open(folder.resolve("journal.db"), small, Clock.systemUTC())) {
            String text = "x".repeat(100_000);
            journal.inbox().receive("mes", List.of(new PushedReading("1", AT, text, false)), roomy);
            journal.inbox().receive("mes", List.of(new PushedReading("2", AT, text, false)), roomy);
            assertThatThrownBy(() ->
                            journal.inbox().receive("mes", List.of(new PushedReading("3", AT, text, false)), roomy))
                    .isInstanceOf(InboxFullException.class);
            assertThat(journal.inbox().next("mes", 0, 10)).hasSize(2);
        }
    }

    @Test
    void whatWaitsForASourceThatIsGoneIsDroppedAndCounted() throws Exception {
        try (Journal journal = open()) {
            journal.inbox().receive("old", List.of(reading("1"), reading("2")), LIMITS);
            journal.inbox().receive("mes", List.of(reading("1")), LIMITS);
            assertThat(journal.inbox().keepOnly(Set.of("mes"))).isEqualTo(2);
            assertThat(journal.inbox().next("old", 0, 10)).isEmpty();
            assertThat(journal.inbox().next("mes", 0, 10)).hasSize(1);
            assertThat(journal.depth().dropsByReason()).containsEntry("source-gone", 2L);
        }
    }

    @Test
    void anInstantBeyondTheRowsOwnStillGetsItsVerdict() throws Exception {
        try (Journal journal = open();
                Pipeline pipeline = start(journal)) {
            Instant far = Instant.parse("+100000-01-01T00:00:00Z");
            journal.inbox().receive("mes", List.of(new PushedReading("1", far, "one", false), reading("2")), LIMITS);
            Until.holds("both are judged", () -> pipeline.metrics().readings() == 2);
            assertThat(pipeline.troubles()).isEmpty();
        }
    }

    private Pipeline start(Journal journal) throws Exception {
        InboxSource source = new InboxSource("mes", journal.inbox(), LIMITS, 8_192);
        Pipeline pipeline = new Pipeline(
                List.of(new Route(source, List.of("fraud"))),
                judge,
                journal,
                new LiveVerdicts(),
                PIPELINE,
                Clock.systemUTC());
        pipeline.start();
        return pipeline;
    }

    private Journal open() throws Exception {
        return open(folder);
    }

    private static Journal open(Path where) throws Exception {
        return Journal.open(where.resolve("journal.db"), ConfigLoader.defaults(JournalConfig.class), Clock.systemUTC());
    }

    private static PushedReading reading(@Nullable String id) {
        return new PushedReading(id, AT, "pump " + id + " stopped", false);
    }
}
