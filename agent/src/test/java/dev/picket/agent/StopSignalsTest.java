package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process of its own is sent the signals. */
class StopSignalsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BY_SIGTERM = 128 + 15;

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void theAgentEndsFirstAndTheHooksOfTheJvmRunAfterwards(String signal) throws Exception {
        assertThat(said(signal, "taken")).containsExactly("asked to stop", "the agent has ended", "hook", "exit 0");
    }

    /** What the other test would see without them. */
    @Test
    void aSignalThatIsNotTakenRunsTheHooksAtOnce() throws Exception {
        assertThat(said("TERM", "left")).containsExactly("hook", "exit " + BY_SIGTERM);
    }

    private static List<String> said(String signal, String how) throws Exception {
        // Whoever runs the tests may ignore INT, as a shell does for what it starts beside itself; a child would, too.
        Process child = new ProcessBuilder(
                        "env",
                        "--default-signal=INT,TERM",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        how)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines = child.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("running " + how.equals("taken"));
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start();
            assertThat(kill.waitFor(PATIENCE)).isTrue();
            assertThat(kill.exitValue()).isZero();
            assertThat(child.waitFor(PATIENCE)).isTrue();
            List<String> said = new ArrayList<>(lines.lines().toList());
            said.add("exit " + child.exitValue());
            return said;
        } finally {
            child.destroyForcibly();
        }
    }

    /** Stands for the agent, and for what ends with the JVM. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws InterruptedException {
            CountDownLatch asked = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
            boolean taken = arguments[0].equals("taken")
                    && StopSignals.call(() -> {
                        System.out.println("asked to stop");
                        asked.countDown();
                    });
            System.out.println("running " + taken);
            asked.await();
            System.out.println("the agent has ended");
        }
    }
}
