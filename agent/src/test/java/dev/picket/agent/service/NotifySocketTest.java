package dev.picket.agent.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifySocketTest {
    private static final int PATIENCE_MILLIS = 10_000;

    @TempDir
    Path folder;

    @Test
    void eachMessageIsOneDatagramAtThePath() {
        String path = folder.resolve("notify").toString();
        try (ManagerSocket manager = new ManagerSocket(path)) {
            Consumer<String> socket = to(path);
            socket.accept("READY=1\nSTATUS=Serving factory/4");
            socket.accept("WATCHDOG=1");
            assertThat(manager.next(PATIENCE_MILLIS)).contains("READY=1\nSTATUS=Serving factory/4");
            assertThat(manager.next(PATIENCE_MILLIS)).contains("WATCHDOG=1");
            assertThat(manager.next(0)).isEmpty();
        }
    }

    @Test
    void anAbstractAddressIsReachedToo() {
        String name = "@picket-test-" + UUID.randomUUID();
        try (ManagerSocket manager = new ManagerSocket(name)) {
            to(name).accept("STATUS=Degraded: größer");
            assertThat(manager.next(PATIENCE_MILLIS)).contains("STATUS=Degraded: größer");
        }
    }

    @Test
    void aManagerThatIsGoneOrDoesNotReadHoldsNothingUp() {
        String path = folder.resolve("gone").toString();
        Consumer<String> socket = to(path);
        assertThatCode(() -> socket.accept("WATCHDOG=1")).doesNotThrowAnyException();
        try (ManagerSocket manager = new ManagerSocket(path)) {
            // More than the kernel keeps for one that does not read.
            for (int i = 0; i < 2_000; i++) {
                socket.accept("STATUS=" + i);
            }
            assertThat(manager.next(PATIENCE_MILLIS)).contains("STATUS=0");
        }
    }

    @Test
    void whatIsNoSocketIsToldAndLeftAlone() {
        assertThat(NotifySocket.of(Map.of())).isEmpty();
        assertThat(NotifySocket.of(Map.of("NOTIFY_SOCKET", "vsock:2:1234"))).isEmpty();
        assertThat(NotifySocket.of(Map.of("NOTIFY_SOCKET", "/" + "x".repeat(107))))
                .isEmpty();
    }

    private static Consumer<String> to(String name) {
        return NotifySocket.of(Map.of("NOTIFY_SOCKET", name)).orElseThrow();
    }
}
