package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.picket.agent.service.ManagerSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent in a process of its own, on hosts where something is missing that one takes for granted: it starts and says so. */
class NastyHostTest {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final String FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

    @TempDir
    Path folder;

    @Test
    void withIpv6AloneThePageListensOnItsLoopback() throws Exception {
        assertThat(start("-n", "ip link set lo up && ip addr del 127.0.0.1/8 dev lo", Map.of()))
                .startsWith("READY=1\nSTATUS=Degraded: ");
        assertThat(log()).contains("This machine has no 127.0.0.1, so the page listens on [::1]");
    }

    @Test
    @Tag("long")
    void withoutAnyNetworkItIsReadyAndTheUplinkAway() throws Exception {
        assertThat(start("-n", "true", Map.of())).contains("READY=1").contains("uplink away");
        assertThat(log()).contains("The broker is away, verdicts wait in the journal");
    }

    @Test
    @Tag("long")
    void onAReadOnlyRootWithoutAHomeItNeedsItsOwnFoldersOnly() throws Exception {
        assertThat(start(
                        "-m",
                        "mount --bind %1$s %1$s && mount -o remount,bind,ro / && ! touch /x && unset HOME"
                                .formatted(folder),
                        Map.of()))
                .contains("READY=1");
    }

    @Test
    @Tag("long")
    void onADiskThatIsFullToTheLastByteTheRoomSetAsideIsEnoughToStart() throws Exception {
        Path small = Files.createDirectories(folder.resolve("small"));
        String fill = "mount -t tmpfs -o size=80m t " + small + " && cp -a %s/data " + small + "/";
        RunningAgent.configure(folder, "uplink: { broker: \"mqtt://127.0.0.1:1\" }");
        try (RunningAgent first = RunningAgent.over(folder)) {
            assertThat(first.agent().journal().stoppedCleanly()).isTrue();
        }
        String full = fill.formatted(folder) + " && (dd if=/dev/zero of=" + small + "/fill bs=1k 2>" + folder
                + "/dd || true)";
        assertThat(start(
                        "-m",
                        full,
                        Map.of("PICKET_DATA_DIRECTORY", small.resolve("data").toString())))
                .contains("READY=1");
        assertThat(log()).contains("the room set aside there was given up to start");
    }

    @Test
    @Tag("long")
    void inTheYear1970ItIsReady() throws Exception {
        assumeTrue(Files.exists(Path.of(FAKETIME)), "libfaketime is not installed");
        assertThat(start(
                        "-m",
                        "export LD_PRELOAD=" + FAKETIME
                                + " FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME=\"@1970-01-01 00:00:05\"",
                        Map.of()))
                .contains("READY=1");
    }

    /** What the agent says first, once it is ready. */
    private String start(String namespace, String prelude, Map<String, String> environment) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/unshare")), "unshare is not installed");
        assumeTrue("root".equals(System.getProperty("user.name")), "only root may make such a host");
        RunningAgent.configure(folder, "uplink: { broker: \"mqtt://127.0.0.1:1\", retry-first: 1m }");
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        String socket = folder.resolve("notify").toString();
        List<String> command =
                new ArrayList<>(List.of("unshare", namespace, "sh", "-ec", prelude + "; exec \"$@\"", "sh"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx96m",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.picket.agent.cli.Main",
                "run",
                "--config",
                folder.resolve("picket.yml").toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().put("NOTIFY_SOCKET", socket);
        builder.environment().putAll(environment);
        try (ManagerSocket manager = new ManagerSocket(socket)) {
            Process agent = builder.start();
            try {
                return manager.next(PATIENCE_MILLIS).orElseGet(() -> "it was silent: " + log());
            } finally {
                agent.destroyForcibly();
                assertThat(agent.waitFor(Duration.ofMillis(PATIENCE_MILLIS))).isTrue();
            }
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
