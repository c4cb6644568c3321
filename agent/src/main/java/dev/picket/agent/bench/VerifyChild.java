package dev.picket.agent.bench;

import dev.picket.ota.Hashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The process that {@link VerifyBench} looks at: verifies one file as an update does, and says what it took at most. */
final class VerifyChild {
    static final String PEAK = "VmHWM:";

    private VerifyChild() {}

    public static void main(String[] args) throws IOException {
        System.out.println(Hashes.sha256(Path.of(args[0])));
        Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(each -> each.startsWith(PEAK))
                .forEach(System.out::println);
    }
}
