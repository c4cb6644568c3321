package dev.picket.agent.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.journal.Verdict;
import dev.picket.inference.Priority;
import dev.picket.sensors.FileLimits;
import dev.picket.sensors.FileSource;
import dev.picket.sensors.StreamSource;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTest {
    private static final JournalConfig CONFIG =
            ConfigLoader.defaults(JournalConfig.class).withMaxBytes(64 << 20);
    private static final PipelineLimits LIMITS =
            new PipelineLimits(2, 32, 16, Duration.ofMillis(5), 3, Duration.ofMillis(2), Duration.ofSeconds(10));

    @TempDir
    Path folder;

    private final FakeJudge judge = new FakeJudge("fraud", "severity");
    private final LiveVerdicts live = new LiveVerdicts();

    @Test
    void eachReadingGetsOneOutcomeForEachOfItsTasks() throws Exception {
        write("one\n\nodd two\n");
        try (Journal journal = open();
                Pipeline pipeline = start(journal, List.of("fraud", "severity"))) {
            Until.holds("all is read", () -> pipeline.metrics().readings() == 3);
            assertThat(journal.latest(10))
                    .extracting(row -> row.verdict().readingId() + row.verdict().task())
                    .containsExactlyInAnyOrder("1:0fraud", "1:0severity", "1:5fraud", "1:5severity");
            assertThat(journal.depth().unsent()).containsEntry(Priority.ESCALATION, 2L);
            assertThat(journal.depth().dropsByReason()).containsExactly(Map.entry("empty", 2L));
            assertThat(pipeline.metrics().dropped()).isEqualTo(2);
            assertThat(pipeline.troubles()).isEmpty();
        }
    }

    @Test
    void thePositionWaitsForTheSlowestWhileOthersAreJudged() throws Exception {
        write("first\nslow\nthree\nfour\n");
        judge.hold("slow");
        try (Journal journal = open();
                Pipeline pipeline = start(journal, List.of("fraud"))) {
            Until.holds("the others are on disk", () -> journal.depth().total() == 3);
            assertThat(offset(journal)).isEqualTo(6);
            assertThat(pipeline.metrics().inFlight()).isEqualTo(3);
            judge.release("slow");
            Until.holds("the slow one is, too", () -> offset(journal) == "first\nslow\nthree\nfour\n".length());
            assertThat(journal.depth().total()).isEqualTo(4);
            Until.holds("nothing is open", () -> pipeline.metrics().lag().isZero());
        }
    }

    @Test
    void readingsWaitInTheirSourceWhileNoSetServesTheirTask() throws Exception {
        write("one\ntwo\n");
        judge.serve("severity");
        try (Journal journal = open();
                Pipeline pipeline = start(journal, List.of("fraud", "severity"))) {
            Until.holds("the trouble is told", () -> !pipeline.troubles().isEmpty());
            assertThat(pipeline.troubles()).containsExactly("Source 'line1' waits: no Set serves fraud now.");
            assertThat(journal.depth().total()).isZero();
            judge.serve("fraud", "severity");
            Until.holds("all is read", () -> journal.depth().total() == 4);
            assertThat(pipeline.troubles()).isEmpty();
        }
    }

    @Test
    void aTextThatMakesTheClassifierThrowFailsAndTheSourceGoesOn() throws Exception {
        write("one\nthrows\nfails\ntwo\n");
        try (Journal journal = open();
                Pipeline pipeline = start(journal, List.of("fraud"))) {
            Until.holds("all is read", () -> pipeline.metrics().readings() == 4);
            assertThat(journal.pending(2, Map.of()))
                    .extracting(row -> row.verdict().text() + " "
                            + row.verdict().decision().wireName())
                    .containsExactlyInAnyOrder("throws FAILED(error)", "fails FAILED(error)");
            assertThat(pipeline.metrics().failed()).isEqualTo(2);
        }
    }

    @Test
    void aFullJournalMakesSourcesWaitAndNothingIsLost() throws Exception {
        int lines = 2_000;
        write(String.join(
                "",
                IntStream.range(0, lines)
                        .mapToObj("line number %d\n"::formatted)
                        .toList()));
        JournalConfig tiny = CONFIG.withMaxBytes(256 << 10).withWhenFull(JournalConfig.WhenFull.REFUSE);
        try (Journal journal = Journal.open(file(), tiny, Clock.systemUTC());
                Pipeline pipeline = start(journal, List.of("fraud"))) {
            Until.holds("it is full", () -> pipeline.troubles().toString().contains("is full"));
            Until.holds("all is read while the fleet takes rows", () -> {
                journal.markSent(journal.pending(50, Map.of()).stream()
                        .collect(Collectors.toMap(PendingVerdict::priority, PendingVerdict::seq, Math::max)));
                return pipeline.metrics().readings() == lines;
            });
            assertThat(journal.depth().ackedThrough().values().stream()
                                    .mapToLong(n -> n)
                                    .sum()
                            + journal.depth().total())
                    .isEqualTo(lines);
            assertThat(pipeline.troubles()).isEmpty();
        }
    }

    @Test
    void stoppedAndStartedAgainItGoesOnWhereItWas() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 40; i++) {
                lines.append("line ").append(round).append(' ').append(i).append('\n');
            }
            write(lines.toString());
            int some = round * 40 + 7;
            try (Journal journal = open();
                    Pipeline _ = start(journal, List.of("fraud"))) {
                Until.holds("some more are read", () -> journal.depth().total() >= some);
            }
        }
        try (Journal journal = open();
                Pipeline _ = start(journal, List.of("fraud"))) {
            Until.holds("all is read", () -> journal.depth().total() == 240);
            assertThat(journal.stoppedCleanly()).isTrue();
            assertThat(journal.latest(1_000).stream()
                            .map(row -> row.verdict().text())
                            .distinct())
                    .hasSize(240);
        }
    }

    @Test
    void aStreamEndsThePipelinesWork() throws Exception {
        StreamSource source = new StreamSource(
                "stdin",
                "r1",
                new ByteArrayInputStream("one\ntwo".getBytes(StandardCharsets.UTF_8)),
                100,
                Clock.systemUTC());
        try (Journal journal = open();
                LiveVerdicts.Viewer viewer = live.watch(10);
                Pipeline pipeline = new Pipeline(
                        List.of(new Route(source, List.of("fraud"))),
                        judge,
                        journal,
                        live,
                        LIMITS,
                        Clock.systemUTC())) {
            pipeline.start();
            Until.holds("it has finished", pipeline::finished);
            Verdict first = viewer.next(Duration.ofSeconds(10));
            assertThat(first).isNotNull().extracting(Verdict::readingId).isEqualTo("r1:1");
            assertThat(journal.position("stdin")).contains("r1:2");
        }
    }

    @Test
    void readingsOfAPausedSourceWaitInItAndAreJudgedWhenItGoesOn() throws Exception {
        write("one\ntwo\n");
        AtomicReference<String> why = new AtomicReference<>("judging is paused");
        try (Journal journal = open();
                Pipeline pipeline = new Pipeline(
                        List.of(new Route(source(journal), List.of("fraud"))),
                        judge,
                        journal,
                        live,
                        LIMITS,
                        source -> source.equals("line1") ? why.get() : "",
                        _ -> {},
                        Clock.systemUTC())) {
            pipeline.start();
            Until.holds("it waits", () -> pipeline.waits().contains("Source 'line1' waits: judging is paused."));
            assertThat(journal.depth().total()).isZero();
            assertThat(journal.position("line1")).isEmpty();
            why.set("");
            Until.holds("all is read", () -> journal.depth().total() == 2);
            assertThat(pipeline.waits()).isEmpty();
        }
    }

    @Test
    void aSlowViewerMissesTheOldestAndHoldsNobodyUp() throws Exception {
        write("one\ntwo\nthree\nfour\n");
        try (Journal journal = open();
                LiveVerdicts.Viewer viewer = live.watch(1);
                Pipeline pipeline = start(journal, List.of("fraud"))) {
            Until.holds("all is read", () -> pipeline.metrics().readings() == 4);
            Until.holds("three were missed", () -> viewer.missed() == 3);
        }
    }

    private FileSource source(Journal journal) throws Exception {
        return new FileSource(
                "line1",
                folder.resolve("app.log"),
                journal.position("line1"),
                new FileLimits(8192, Duration.ofMillis(1), 3, 100),
                Clock.systemUTC());
    }

    private Pipeline start(Journal journal, List<String> tasks) throws Exception {
        Pipeline pipeline = new Pipeline(
                List.of(new Route(source(journal), tasks)), judge, journal, live, LIMITS, Clock.systemUTC());
        pipeline.start();
        return pipeline;
    }

    private static int offset(Journal journal) throws Exception {
        return journal.position("line1")
                .map(position -> Integer.valueOf(position.split(" ", -1)[5]))
                .orElse(0);
    }

    private void write(String text) throws Exception {
        Files.writeString(folder.resolve("app.log"), text);
    }

    private Path file() {
        return folder.resolve("journal.db");
    }

    private Journal open() throws Exception {
        return Journal.open(file(), CONFIG, Clock.systemUTC());
    }
}
