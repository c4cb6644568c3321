package dev.picket.agent.journal;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Lays a damaged journal into a folder, durably, says so in the file {@code taken} beside it, and opens it. */
final class SalvageProcess {
    private static final int ROWS = 800;
    private static final int PAGE = 4096;

    private SalvageProcess() {}

    /** A journal that was cut short, in a folder. */
    static Path damaged(Path folder) throws Exception {
        Path file = folder.resolve("damaged.db");
        try (Journal journal = Journal.open(file, PowerCutProcess.CONFIG, Clock.systemUTC())) {
            List<Verdict> rows = new ArrayList<>();
            for (int i = 0; i < ROWS; i++) {
                rows.add(Verdicts.routine("" + i));
            }
            journal.append(rows, Map.of("line1", "end"));
        }
        cut(file);
        return file;
    }

    private static void cut(Path file) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(raw.length() - 2L * PAGE);
        }
    }

    /**
     * @param args the folder, the damaged file
     */
    public static void main(String... args) throws Exception {
        Path folder = Path.of(args[0]);
        Path file = folder.resolve("journal.db");
        AtomicFiles.write(file, Files.readAllBytes(Path.of(args[1])));
        try (FileChannel taken = FileChannel.open(
                folder.resolve(PowerCutProcess.TAKEN), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            taken.write(ByteBuffer.wrap(new byte[] {1}));
        }
        Journal.open(file, PowerCutProcess.CONFIG, Clock.systemUTC()).close();
        System.out.println("done");
    }
}
