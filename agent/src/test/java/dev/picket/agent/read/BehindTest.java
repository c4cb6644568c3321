package dev.picket.agent.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.SourceConfig.WhenBehind;
import dev.picket.agent.journal.Journal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BehindTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final Duration LATE = Duration.ofMinutes(1);
    private static final JournalConfig CONFIG =
            ConfigLoader.defaults(JournalConfig.class).withMaxBytes(64 << 20);
    private static final PipelineLimits LIMITS =
            new PipelineLimits(1, 32, 16, Duration.ofMillis(1), 3, Duration.ofMillis(2), Duration.ofSeconds(10));

    @TempDir
    Path folder;

    private final FakeJudge judge = new FakeJudge("fraud", "severity");

    @Test
    void ofASourceThatIsBehindEveryNthIsJudgedAndTheOthersAreCountedDrops() throws Exception {
        List<Duration> ages = Collections.nCopies(100, LATE.multipliedBy(3));
        try (Journal journal = open()) {
            run(journal, WhenBehind.SAMPLE, ages);
            assertThat(judged(journal, "fraud")).hasSize(25).startsWith("4", "8", "12");
            assertThat(judged(journal, "severity")).hasSize(25);
            assertThat(journal.depth().dropsByReason()).containsExactly(Map.entry("sampled", 150L));
            assertThat(journal.position("line1")).contains("100");
        }
    }

    @Test
    void skippingGoesOnToWhatIsNewAndEachReadingHasOneOutcomeAcrossRestarts() throws Exception {
        List<Duration> ages = List.of(
                Duration.ZERO,
                LATE.multipliedBy(9),
                LATE.multipliedBy(5),
                LATE.dividedBy(2),
                LATE.dividedBy(20),
                Duration.ZERO);
        try (Journal journal = open()) {
            run(journal, WhenBehind.SKIP, ages.subList(0, 2));
            assertThat(journal.position("line1")).contains("2");
        }
        try (Journal journal = open()) {
            run(journal, WhenBehind.SKIP, ages);
            // Half a minute is not late by itself, and the skipping of before the restart is forgotten.
            assertThat(judged(journal, "fraud")).containsExactly("1", "5", "6");
            assertThat(journal.depth().dropsByReason()).containsExactly(Map.entry("skipped", 6L));
            assertThat(journal.depth().unsent().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(6);
            assertThat(journal.position("line1")).contains("6");
        }
    }

    @Test
    void skippedReadingsDoNotWaitForTheSlowOneBeforeThemAndAreCountedOnceAcrossAPowerCut() throws Exception {
        judge.hold("line1 2");
        List<Duration> ages = List.of(Duration.ZERO, Duration.ZERO, LATE, LATE, LATE);
        try (Journal journal = open();
                Pipeline pipeline = pipeline(journal, WhenBehind.SKIP, ages)) {
            pipeline.start();
            Until.holds(
                    "the late ones are dropped",
                    () -> journal.depth().dropsByReason().equals(Map.of("skipped", 6L)));
            assertThat(journal.position("line1")).contains("1");
            copyFiles();
            judge.release("line1 2");
            Until.holds("all is done", pipeline::finished);
        }
        try (Journal journal = Journal.open(folder.resolve("copy/journal.db"), CONFIG, CLOCK)) {
            assertThat(journal.stoppedCleanly()).isFalse();
            run(journal, WhenBehind.SKIP, ages);
            assertThat(journal.depth().dropsByReason()).containsExactly(Map.entry("skipped", 6L));
            assertThat(judged(journal, "fraud")).containsExactly("1", "2");
            assertThat(journal.position("line1")).contains("5");
        }
    }

    @ParameterizedTest
    @CsvSource({"SKIP, skipped, 8, '1,2'", "SAMPLE, sampled, 6, '1,2,6,10'", "WAIT, , 0, '1,2,3,4,5,6,7,8,9,10'"})
    void readingsThatGrowLateInTheQueueAreLateWhenTheirTurnComes(
            WhenBehind rule, String reason, long dropped, String judged) throws Exception {
        judge.hold("line1 2");
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        InstantSource time = now::get;
        Clock moving = time.withZone(ZoneOffset.UTC);
        AgedSource source = new AgedSource("line1", NOW, Collections.nCopies(10, Duration.ZERO), Optional.empty());
        Route route = new Route(source, List.of("fraud"), Map.of(), false, new Behind(rule, LATE));
        try (Journal journal = Journal.open(folder.resolve("journal.db"), CONFIG, moving);
                Pipeline pipeline = new Pipeline(List.of(route), judge, journal, new LiveVerdicts(), LIMITS, moving)) {
            pipeline.start();
            Until.holds(
                    "the others wait behind the second",
                    () -> judge.order().contains("line1 2")
                            && pipeline.metrics().inFlight() == 9);
            now.set(NOW.plus(LATE.multipliedBy(3)));
            judge.release("line1 2");
            Until.holds("all is done", pipeline::finished);
            assertThat(judged(journal, "fraud")).containsExactly(judged.split(","));
            assertThat(journal.depth().dropsByReason()).isEqualTo(reason == null ? Map.of() : Map.of(reason, dropped));
            assertThat(journal.position("line1")).contains("10");
        }
    }

    @Test
    void theLagIsTheAgeOfTheOldestThatWaits() throws Exception {
        judge.hold("line1 2");
        List<Duration> ages = List.of(Duration.ZERO, LATE.multipliedBy(7), LATE);
        try (Journal journal = open();
                Pipeline pipeline = pipeline(journal, WhenBehind.WAIT, ages)) {
            pipeline.start();
            Until.holds("both are taken", () -> pipeline.metrics().inFlight() == 2);
            assertThat(pipeline.metrics().lags()).containsExactly(new SourceLag("line1", LATE.multipliedBy(7), ""));
            assertThat(pipeline.metrics().lag()).isEqualTo(LATE.multipliedBy(7));
            judge.release("line1 2");
            Until.holds("nothing waits", () -> pipeline.metrics().lag().isZero());
        }
    }

    @Test
    void aSourceOfHighPriorityOvertakesABacklogThatMovesOnAllTheSame() throws Exception {
        judge.hold("line1 2");
        AgedSource backlog = source("line1", 40).stopping();
        AgedSource alarms = source("alarms", 20).stopping();
        List<Route> routes = List.of(
                new Route(backlog, List.of("fraud")), new Route(alarms, List.of("fraud"), Map.of(), true, Behind.WAIT));
        try (Journal journal = open();
                Pipeline pipeline = new Pipeline(routes, judge, journal, new LiveVerdicts(), LIMITS, CLOCK)) {
            pipeline.start();
            Until.holds("the first of each are judged", () -> pipeline.metrics().readings() == 2);
            backlog.goOn();
            Until.holds("the backlog waits", () -> pipeline.metrics().inFlight() == LIMITS.inFlight());
            Until.holds("the backlog's second is held", () -> judge.order().contains("line1 2"));
            alarms.goOn();
            Until.holds("the alarms wait", () -> pipeline.metrics().inFlight() == LIMITS.inFlight() + 19);
            judge.release("line1 2");
            Until.holds("all is done", pipeline::finished);
            assertThat(journal.latest(100)).hasSize(60);
            assertThat(judge.order().subList(3, 11)).allMatch(text -> text.startsWith("alarms"));
            assertThat(judge.order().get(11)).isEqualTo("line1 3");
            assertThat(judge.order().subList(12, 20)).allMatch(text -> text.startsWith("alarms"));
        }
    }

    private void copyFiles() throws Exception {
        Files.createDirectory(folder.resolve("copy"));
        for (String name : List.of("journal.db", "journal.db-wal")) {
            Files.copy(folder.resolve(name), folder.resolve("copy").resolve(name));
        }
    }

    private void run(Journal journal, WhenBehind rule, List<Duration> ages) throws Exception {
        try (Pipeline pipeline = pipeline(journal, rule, ages)) {
            pipeline.start();
            Until.holds("all is done", pipeline::finished);
        }
    }

    private Pipeline pipeline(Journal journal, WhenBehind rule, List<Duration> ages) throws Exception {
        AgedSource source = new AgedSource("line1", NOW, ages, journal.position("line1"));
        Route route = new Route(source, List.of("fraud", "severity"), Map.of(), false, new Behind(rule, LATE));
        return new Pipeline(List.of(route), judge, journal, new LiveVerdicts(), LIMITS, CLOCK);
    }

    private static AgedSource source(String name, int readings) {
        return new AgedSource(name, NOW, Collections.nCopies(readings, Duration.ZERO), Optional.empty());
    }

    private static List<String> judged(Journal journal, String task) throws Exception {
        return journal.latest(1_000).reversed().stream()
                .filter(row -> row.verdict().task().equals(task))
                .map(row -> row.verdict().readingId())
                .sorted(Comparator.comparingInt(Integer::parseInt))
                .toList();
    }

    private Journal open() throws Exception {
        return Journal.open(folder.resolve("journal.db"), CONFIG, CLOCK);
    }
}
