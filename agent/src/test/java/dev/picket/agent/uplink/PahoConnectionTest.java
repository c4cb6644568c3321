package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PahoConnectionTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final List<Incoming> arrived = new ArrayList<>();
    private PahoConnection connection;

    @BeforeEach
    void make() throws Exception {
        MqttAsyncClient client = new MqttAsyncClient("tcp://127.0.0.1:1", "test", new MemoryPersistence());
        connection = new PahoConnection(client, new Listener(), LONG);
    }

    @Test
    void aCommandThatComesBeforeTheConnectionIsOpenedIsNotOneOfADeadConnection() {
        connection.messageArrived("picket/v1/a/b/command/ping", new MqttMessage("{}".getBytes(StandardCharsets.UTF_8)));
        assertThat(arrived).hasSize(1);
        assertThat(arrived.getFirst().connection().isOpen()).isTrue();
        connection.abort();
        assertThat(arrived.getFirst().connection().isOpen()).isFalse();
    }

    @Test
    void whoWaitsForAPlaceHearsOfTheEndAtOnce() throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread waiting = Thread.ofPlatform().daemon().start(() -> end.complete(publish()));
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        connection.abort();
        assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(BrokerUnavailableException.class);
    }

    @Test
    void whoIsInterruptedWhileHandingOverIsNotToldOfALossBesides() throws Exception {
        connection.opened(1, 1_000);
        AtomicInteger lost = new AtomicInteger();
        Delivery delivery = new Delivery() {
            @Override
            public void acknowledged() {}

            @Override
            public void refused(int reasonCode) {}

            @Override
            public void lost() {
                lost.incrementAndGet();
            }
        };
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> connection.publish(Message.retained("t", new byte[0]), delivery, LONG))
                .isInstanceOf(InterruptedException.class);
        connection.abort();
        assertThat(lost).hasValue(0);
    }

    private Throwable publish() {
        try {
            connection.publish(Message.retained("t", new byte[0]), new Acknowledgement(), LONG);
            return new AssertionError("published");
        } catch (BrokerUnavailableException | InterruptedException e) {
            return e;
        }
    }

    private final class Listener implements ConnectionListener {
        @Override
        public void arrived(Incoming message) {
            arrived.add(message);
        }

        @Override
        public void lost(Ending ending) {}
    }
}
