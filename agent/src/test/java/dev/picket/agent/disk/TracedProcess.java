package dev.picket.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a class in a JVM of its own whose every change to one folder is noted; see {@link DiskTrace}. */
public final class TracedProcess {
    private static final Path SOURCE =
            Path.of(System.getProperty("picket.root")).resolve("agent/src/test/c/disktrace.c");

    private static final int IDLE_SECONDS = 5;

    private final Path library;
    private final Path folder;
    private final Path log;

    /**
     * Compiles what is preloaded; the test is skipped where there is no compiler.
     *
     * @param scratch where it and the trace are kept
     * @param folder what is traced: empty
     */
    public TracedProcess(Path scratch, Path folder) throws IOException, InterruptedException {
        assumeTrue(
                Stream.of("/usr/bin/gcc", "/usr/local/bin/gcc").anyMatch(gcc -> Files.isExecutable(Path.of(gcc))),
                "gcc is not installed (apt install gcc libc6-dev), so no power cut is replayed");
        this.library = scratch.resolve("disktrace.so");
        this.folder = folder.toRealPath();
        this.log = scratch.resolve("trace");
        Process compiler = new ProcessBuilder(
                        "gcc", "-shared", "-fPIC", "-O1", "-Wall", "-o", library.toString(), SOURCE.toString(), "-ldl")
                .redirectErrorStream(true)
                .start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(compiler.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(compiler.exitValue()).as(said).isZero();
    }

    /** Starts {@code main} of a class, and returns once it has said a line. */
    public Process start(Class<?> main, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(
                        folder.resolveSibling(folder.getFileName() + "-errors").toFile());
        builder.environment().put("LD_PRELOAD", library.toString());
        builder.environment().put("DISKTRACE_FOLDER", folder.toString());
        builder.environment().put("DISKTRACE_LOG", log.toString());
        Process process = builder.start();
        assertThat(process.inputReader().readLine())
                .as("the first line of the traced process")
                .isNotNull();
        return process;
    }

    /** Ends it with SIGKILL between two records. */
    public void kill(Process process) throws IOException, InterruptedException {
        Path end = Files.createFile(log.resolveSibling(log.getFileName() + ".end"));
        if (!process.waitFor(IDLE_SECONDS, TimeUnit.SECONDS)) {
            // It changes nothing any more, so there is no record that could be torn.
            process.destroyForcibly().waitFor();
        }
        Files.delete(end);
    }

    /** What was noted over all its lives. */
    public DiskTrace trace() throws IOException {
        return DiskTrace.read(log);
    }
}
