package dev.picket.agent.bench;

import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.agent.uplink.NoDelaySockets;
import dev.picket.agent.uplink.PahoLink;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/** The floor: Paho alone, publishing messages that are made already, under a window of the same size. */
final class BarePublish implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 60_000;

    /** One message that is made already. */
    record Made(String topic, MqttMessage message) {}

    private final MqttAsyncClient client;
    private final int window;

    BarePublish(URI broker, int window) throws BrokerUnavailableException {
        this.window = window;
        try {
            client = new MqttAsyncClient(PahoLink.serverUri(broker), "picket-bench-floor", new MemoryPersistence());
            MqttConnectionOptions options = new MqttConnectionOptions();
            options.setSocketFactory(new NoDelaySockets());
            client.connect(options).waitForCompletion(PATIENCE_MILLIS);
        } catch (MqttException e) {
            throw new BrokerUnavailableException("No connection to " + broker + ": " + e.getMessage(), e);
        }
    }

    /** Publishes all and returns when the last is acknowledged. */
    void publish(List<Made> messages) throws BrokerUnavailableException, InterruptedException {
        Semaphore places = new Semaphore(window);
        MqttActionListener release = new MqttActionListener() {
            @Override
            public void onSuccess(IMqttToken token) {
                places.release();
            }

            @Override
            public void onFailure(IMqttToken token, Throwable exception) {
                places.release();
            }
        };
        try {
            for (Made made : messages) {
                places.acquire();
                client.publish(made.topic(), made.message(), null, release);
            }
        } catch (MqttException e) {
            throw new BrokerUnavailableException("The bare publish failed: " + e.getMessage(), e);
        }
        if (!places.tryAcquire(window, PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new BrokerUnavailableException("The bare publish was not acknowledged in time");
        }
    }

    @Override
    public void close() {
        try {
            client.disconnectForcibly(0, 100, false);
            client.close(true);
        } catch (MqttException e) {
            // It is gone: that is what closing wants.
        }
    }
}
