package dev.picket.agent.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a killed process leaves: the files as they are at that moment. */
public final class Copies {
    private Copies() {}

    public static void of(Path file, Path to) throws IOException {
        for (String end : List.of("", "-wal")) {
            Path from = file.resolveSibling(file.getFileName() + end);
            if (Files.exists(from)) {
                Files.copy(from, to.resolveSibling(to.getFileName() + end));
            }
        }
    }
}
