package dev.picket.agent.bench;

import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code journal-append-ratio}: durable rows a second of {@link Journal#append}, over those of the bare batched insert
 * of the same rows into a table without constraint, index, counter or position ({@link BareInsert}); same commit size,
 * page size, WAL and synchronous=FULL, each round into new files. {@code measured} and {@code floor} are rows a second.
 */
public final class JournalBench {
    private static final int ROUNDS = 31;
    private static final int COMMITS = 150;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private static final Instant AT = Instant.parse("2026-11-21T00:00:00Z");

    private final Path folder;
    private final JournalConfig config;
    private final int rounds;
    private final List<List<Verdict>> commits = new ArrayList<>();
    private int files;
    private double lastBytes;

    /**
     * @param folder where the files of the rounds are made, on the disk that is meant; it is there and stays
     * @param config its {@code commitRows} are the commit size
     */
    public JournalBench(Path folder, JournalConfig config) {
        this(folder, config, ROUNDS, COMMITS);
    }

    JournalBench(Path folder, JournalConfig config, int rounds, int commits) {
        this.folder = folder;
        this.config = config;
        this.rounds = rounds;
        for (int commit = 0; commit < commits; commit++) {
            this.commits.add(verdicts(commit * config.commitRows(), config.commitRows()));
        }
    }

    public Result run() throws IOException, JournalUnavailableException, NewerSchemaException {
        try {
            return Rounds.<Exception>run(rounds, this::journal, this::bare).ratio("journal-append-ratio");
        } catch (SQLException e) {
            throw new IOException("The bare insert failed: " + e.getMessage(), e);
        } catch (IOException | JournalUnavailableException | NewerSchemaException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * {@code bytes-per-row}: what a row takes of journal.db once it is closed, so with the -wal written back, beside what it
     * takes of the bare table. It is the same in each round, so there is one.
     */
    public Result bytes() throws IOException, JournalUnavailableException, NewerSchemaException {
        journal();
        double ours = lastBytes;
        try {
            bare();
        } catch (SQLException e) {
            throw new IOException("The bare insert failed: " + e.getMessage(), e);
        }
        return new Result("bytes-per-row", ours, ours, ours, "bytes", ours, lastBytes);
    }

    private double journal() throws IOException, JournalUnavailableException, NewerSchemaException {
        Path file = folder.resolve("bench-journal-" + files++ + ".db");
        try (Journal journal = Journal.open(file, config, Clock.systemUTC())) {
            long start = System.nanoTime();
            for (List<Verdict> commit : commits) {
                journal.append(commit, Map.of("bench", commit.getLast().readingId()));
            }
            return rowsPerSecond(System.nanoTime() - start);
        } finally {
            lastBytes = bytesPerRow(file);
            delete(file);
        }
    }

    private double bare() throws IOException, SQLException {
        Path file = folder.resolve("bench-bare-" + files++ + ".db");
        try (BareInsert bare = new BareInsert(file)) {
            long start = System.nanoTime();
            for (List<Verdict> commit : commits) {
                bare.insert(commit);
            }
            return rowsPerSecond(System.nanoTime() - start);
        } finally {
            lastBytes = bytesPerRow(file);
            delete(file);
        }
    }

    private double bytesPerRow(Path file) throws IOException {
        return (double) Files.size(file) / ((long) commits.size() * config.commitRows());
    }

    private double rowsPerSecond(long nanos) {
        return (double) commits.size() * config.commitRows() * SECOND_NANOS / nanos;
    }

    private static void delete(Path file) throws IOException {
        for (String end : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + end));
        }
    }

    private static List<Verdict> verdicts(int first, int count) {
        List<Verdict> verdicts = new ArrayList<>(count);
        for (int i = first; i < first + count; i++) {
            verdicts.add(new Verdict(
                    "bench",
                    "1:" + i * 97L,
                    AT.plusMillis(i),
                    "Pump 3 on line " + i + " reports a bearing temperature of 81 degrees, above its alarm limit",
                    false,
                    "fraud",
                    "b".repeat(64),
                    "c".repeat(64),
                    List.of("ham", "spam", "smishing"),
                    List.of(0.9f, 0.06f, 0.04f),
                    "ham",
                    0.9f,
                    i % 10 == 0 ? Priority.ESCALATION : Priority.ROUTINE,
                    i % 10 == 0 ? new Decision.Escalate() : new Decision.Accept(),
                    2_000_000L));
        }
        return verdicts;
    }
}
