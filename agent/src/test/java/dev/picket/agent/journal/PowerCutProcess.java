package dev.picket.agent.journal;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.read.FakeJudge;
import dev.picket.agent.read.LiveVerdicts;
import dev.picket.agent.read.Pipeline;
import dev.picket.agent.read.PipelineLimits;
import dev.picket.agent.read.Route;
import dev.picket.agent.sqlite.Commit;
import dev.picket.sensors.FileLimits;
import dev.picket.sensors.FileSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The read flow over a real journal, and a broker that acknowledges at once: what it has taken it writes to the file
 * {@code taken} beside the journal, a line each, before the journal hears of it. So the trace of the folder knows what
 * somebody else had seen at each moment.
 */
final class PowerCutProcess {
    static final String TAKEN = "taken";
    static final String SOURCE = "line1";
    static final JournalConfig CONFIG =
            ConfigLoader.defaults(JournalConfig.class).withCommits(8, Duration.ofMillis(2));
    private static final int PAGE = 20;
    private static final Duration POLL = Duration.ofMillis(2);

    private PowerCutProcess() {}

    /**
     * @param args folder of the journal, file that is read, further pragmas of the writer
     */
    public static void main(String... args) throws Exception {
        Path folder = Path.of(args[0]);
        List<String> pragmas = new ArrayList<>(List.of("wal_autocheckpoint = 40"));
        pragmas.addAll(List.of(args).subList(2, args.length));
        try (Journal journal = Journal.open(
                        folder.resolve("journal.db"), CONFIG, Clock.systemUTC(), new WithPragmas(pragmas));
                FileChannel taken = FileChannel.open(
                        folder.resolve(TAKEN),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND);
                Pipeline pipeline = pipeline(journal, Path.of(args[1]))) {
            pipeline.start();
            Thread sending = Thread.ofPlatform().daemon().start(() -> send(journal, taken));
            System.out.println("started");
            while (System.in.read() >= 0) {
                // Waits for the end.
            }
            sending.interrupt();
            sending.join();
        }
    }

    static Pipeline pipeline(Journal journal, Path file) throws JournalUnavailableException {
        Clock clock = Clock.systemUTC();
        FileSource source =
                new FileSource(SOURCE, file, journal.position(SOURCE), new FileLimits(8192, POLL, 3, 100), clock);
        PipelineLimits limits = new PipelineLimits(
                2, 16, CONFIG.commitRows(), CONFIG.commitDelay(), 3, Duration.ofMillis(100), Duration.ofSeconds(5));
        return new Pipeline(
                List.of(new Route(source, List.of("fraud"))),
                new FakeJudge("fraud"),
                journal,
                new LiveVerdicts(),
                limits,
                clock);
    }

    private static void send(Journal journal, FileChannel taken) {
        try {
            while (true) {
                List<PendingVerdict> rows = journal.pending(PAGE, Map.of());
                if (rows.isEmpty()) {
                    Thread.sleep(POLL);
                } else {
                    taken.write(ByteBuffer.wrap(rows.stream()
                            .map(PowerCutProcess::line)
                            .collect(Collectors.joining())
                            .getBytes(StandardCharsets.UTF_8)));
                    markSent(journal, rows);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException | JournalUnavailableException e) {
            throw new IllegalStateException(e);
        }
    }

    static void markSent(Journal journal, List<PendingVerdict> rows) throws JournalUnavailableException {
        journal.markSent(
                rows.stream().collect(Collectors.toMap(PendingVerdict::priority, PendingVerdict::seq, Math::max)));
    }

    static String line(PendingVerdict row) {
        return row.id() + " " + row.verdict().text() + "\n";
    }

    /** Gives the writer its pragmas after its first commit: within a transaction they are refused. */
    private static final class WithPragmas implements Commit {
        private final List<String> pragmas;
        private boolean given;

        WithPragmas(List<String> pragmas) {
            this.pragmas = pragmas;
        }

        @Override
        public void commit(Connection writer) throws SQLException {
            Commit.DURABLE.commit(writer);
            if (!given) {
                given = true;
                for (String pragma : pragmas) {
                    try (Statement statement = writer.createStatement()) {
                        statement.execute("PRAGMA " + pragma);
                    }
                }
            }
        }
    }
}
