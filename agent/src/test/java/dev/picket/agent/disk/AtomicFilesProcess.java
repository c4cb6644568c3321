package dev.picket.agent.disk;

import dev.picket.ota.AtomicFiles;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes a state file again and again, and says in {@code done} beside it which version it has written. */
final class AtomicFilesProcess {
    static final String STATE = "state.json";
    static final String DONE = "done";
    static final int VERSIONS = 60;

    private AtomicFilesProcess() {}

    static String version(int number) {
        return "version " + number + " " + "x".repeat(number * 97) + " end";
    }

    /**
     * @param args the folder
     */
    public static void main(String... args) throws Exception {
        Path folder = Path.of(args[0]);
        try (FileChannel done = FileChannel.open(
                folder.resolve(DONE), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            for (int number = 1; number <= VERSIONS; number++) {
                AtomicFiles.write(folder.resolve(STATE), version(number).getBytes(StandardCharsets.UTF_8));
                done.write(ByteBuffer.wrap((number + "\n").getBytes(StandardCharsets.UTF_8)));
            }
        }
        System.out.println("done");
    }
}
