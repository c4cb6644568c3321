package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.service.ManagerSocket;
import dev.picket.agent.service.Supervision;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent under a service manager that listens on a real socket. */
class SupervisedAgentTest {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final int MOST_MESSAGES = 30;

    @TempDir
    Path folder;

    @Test
    void anAgentWithoutASetIsReadyAndDegradedAndTellsOfItsRestartAndItsEnd() throws Exception {
        String path = folder.resolve("notify").toString();
        try (ManagerSocket manager = new ManagerSocket(path)) {
            Supervision supervision = Supervision.of(Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "4000000"));
            try (LoopedAgent agents = LoopedAgent.start(
                    supervision, folder, "uplink: { broker: \"mqtt://127.0.0.1:1\", retry-first: 1m }")) {
                AgentContext context = agents.next();
                assertThat(await(manager, "READY=1"))
                        .contains("STATUS=Degraded: ")
                        .contains("; uplink away");
                assertThat(await(manager, "WATCHDOG=1")).isEqualTo("WATCHDOG=1");
                assertThat(supervision.pulse().loops())
                        .contains("journal", "judge-1", "uplink", "connection", "sent-marks", "commands", "rollouts")
                        .contains("updates", "sweep", "drift");
                context.agent().host().restart().run();
                assertThat(await(manager, "RELOADING=1")).contains("\nMONOTONIC_USEC=");
                assertThat(await(manager, "READY=1")).contains("STATUS=Degraded: ");
            }
            assertThat(await(manager, "STOPPING=1")).contains("STATUS=Stopping");
        }
    }

    @Test
    void aStartThatFailsEndsTheProcessOnceAndIsWaitedForByTheNext() throws Exception {
        String path = folder.resolve("notify").toString();
        Map<String, String> environment = Map.of("NOTIFY_SOCKET", path);
        try (ManagerSocket manager = new ManagerSocket(path)) {
            ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            String http = "http: { port: " + taken.getLocalPort() + " }";
            LoopedAgent first = LoopedAgent.start(Supervision.of(environment), folder, http);
            assertThat(first.end())
                    .failsWithin(Duration.ofMillis(PATIENCE_MILLIS))
                    .withThrowableThat()
                    .withMessageContaining("the page cannot listen on 127.0.0.1:" + taken.getLocalPort());
            try (LoopedAgent second = LoopedAgent.start(Supervision.of(environment), folder, http)) {
                assertThat(await(manager, "STATUS=Does not start: the page cannot listen on"))
                        .contains("free it");
                taken.close();
                assertThat(await(manager, "READY=1")).contains("STATUS=Degraded: ");
                assertThat(second.next()).isNotNull();
            }
        }
    }

    @Test
    void thePausesGrowAndBeginAnewOnceAnAgentRuns() {
        StartAgain again = new StartAgain(Duration.ofSeconds(5), Duration.ofSeconds(30));
        assertThat(List.of(again.next(), again.next(), again.next(), again.next()))
                .extracting(Duration::toSeconds)
                .containsExactly(5L, 10L, 20L, 30L);
        again.ready();
        assertThat(again.next()).hasSeconds(5);
    }

    private static String await(ManagerSocket manager, String start) {
        for (int i = 0; i < MOST_MESSAGES; i++) {
            String heard = manager.next(PATIENCE_MILLIS).orElseThrow();
            if (heard.startsWith(start)) {
                return heard;
            }
        }
        throw new AssertionError("nobody said " + start);
    }
}
