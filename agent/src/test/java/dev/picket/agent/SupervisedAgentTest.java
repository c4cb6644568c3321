package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.service.ManagerSocket;
import dev.picket.agent.service.Supervision;
import java.nio.file.Path;
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
