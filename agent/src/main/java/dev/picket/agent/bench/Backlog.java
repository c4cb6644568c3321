package dev.picket.agent.bench;

import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Journals full of unsent rows, one in ten an escalation, with room for all of them. */
final class Backlog {
    private static final int BATCH = 1_000;
    private static final long ROOM_BYTES = 64L << 30;
    private static final Instant AT = Instant.parse("2026-11-21T00:00:00Z");

    private final Path folder;
    private final JournalConfig config;
    private int files;

    Backlog(Path folder, JournalConfig config) {
        this.folder = folder;
        this.config = config.withMaxBytes(ROOM_BYTES).withWhenFull(JournalConfig.WhenFull.REFUSE);
    }

    /** A new journal with this many rows, closed. */
    Path of(int rows) throws JournalUnavailableException, NewerSchemaException {
        Path file = newFile();
        try (Journal journal = open(file)) {
            for (int from = 0; from < rows; from += BATCH) {
                List<Verdict> verdicts = new ArrayList<>(BATCH);
                for (int i = from; i < Math.min(rows, from + BATCH); i++) {
                    verdicts.add(verdict(i));
                }
                journal.append(verdicts, Map.of());
            }
        }
        return file;
    }

    Path copy(Path closed) throws IOException {
        Path copy = newFile();
        AtomicFiles.write(copy, AtomicFiles.Access.OWNER, out -> {
            try (InputStream in = Files.newInputStream(closed)) {
                in.transferTo(out);
            }
        });
        return copy;
    }

    Journal open(Path file) throws JournalUnavailableException, NewerSchemaException {
        return Journal.open(file, config, Clock.systemUTC());
    }

    static void delete(Path file) throws IOException {
        for (String end : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + end));
        }
    }

    private Path newFile() {
        return folder.resolve("bench-uplink-" + files++ + ".db");
    }

    private static Verdict verdict(int i) {
        boolean escalate = i % 10 == 0;
        return new Verdict(
                "bench",
                "1:" + i * 97L,
                AT,
                "Pump 3 on line " + i + " reports a bearing temperature of 81 degrees, above its alarm limit",
                false,
                "fraud",
                "b".repeat(64),
                "c".repeat(64),
                List.of("ham", "spam", "smishing"),
                List.of(0.9f, 0.06f, 0.04f),
                "ham",
                0.9f,
                escalate ? Priority.ESCALATION : Priority.ROUTINE,
                escalate ? new Decision.Escalate() : new Decision.Accept(),
                2_000_000L);
    }
}
