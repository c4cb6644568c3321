package dev.picket.agent.read;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.sensors.FileLimits;
import dev.picket.sensors.FileSource;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that reads a file into a journal until it is killed, or told to end by the end of its standard input. It
 * prints {@code started} once it has begun.
 */
public final class ReadProcess {
    /** What runs beside the read flow, such as an uplink. */
    @FunctionalInterface
    public interface Beside {
        AutoCloseable start(Journal journal) throws Exception;
    }

    private ReadProcess() {}

    /**
     * @param args journal, file, microseconds that a text takes, a text that kills the process
     */
    public static void main(String... args) throws Exception {
        run(args, _ -> () -> {});
    }

    public static void run(String[] args, Beside beside) throws Exception {
        JournalConfig config = ConfigLoader.defaults(JournalConfig.class);
        FakeJudge judge = new FakeJudge("fraud");
        judge.takeNanos(TimeUnit.MICROSECONDS.toNanos(Long.parseLong(args[2])));
        judge.dieOf(args[3]);
        Clock clock = Clock.systemUTC();
        try (Journal journal = Journal.open(Path.of(args[0]), config, clock);
                AutoCloseable _ = beside.start(journal)) {
            FileSource source = new FileSource(
                    "line1",
                    Path.of(args[1]),
                    journal.position("line1"),
                    new FileLimits(8192, Duration.ofMillis(5), 3, 100),
                    clock);
            PipelineLimits limits = PipelineLimits.of(2, config);
            try (Pipeline pipeline = new Pipeline(
                    List.of(new Route(source, List.of("fraud"))), judge, journal, new LiveVerdicts(), limits, clock)) {
                pipeline.start();
                System.out.println("started");
                while (System.in.read() >= 0) {
                    // Waits for the end.
                }
            }
        }
    }

    /** Starts {@code main} of a class in a JVM of its own. */
    public static Process launch(Class<?> main, String... args) throws Exception {
        return jvm(main, List.of(), List.of(args))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** A JVM that starts fast and stays small, with this one's class path. */
    public static ProcessBuilder jvm(Class<?> main, List<String> options, List<String> args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(args);
        return new ProcessBuilder(command);
    }
}
