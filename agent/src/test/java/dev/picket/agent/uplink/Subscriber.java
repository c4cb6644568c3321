package dev.picket.agent.uplink;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** A consumer of its own, with a session that outlives its connection; keeps all that it gets. */
public final class Subscriber implements Messages, AutoCloseable {
    /** One message as it arrived; properties by name. */
    @SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
    public record Got(
            String topic, byte[] payload, boolean retained, Map<String, String> properties, MqttProperties raw) {
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    private static final long PATIENCE_SECONDS = 60;

    private final URI broker;
    private final String name;
    private final String filter;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final List<Got> got = new ArrayList<>();
    private MqttAsyncClient client;

    public Subscriber(URI broker, String name, String filter) throws MqttException {
        this.broker = broker;
        this.name = name;
        this.filter = filter;
        this.client = connect();
    }

    private MqttAsyncClient connect() throws MqttException {
        String uri = "tcp://" + broker.getHost() + ":" + broker.getPort();
        MqttAsyncClient made = new MqttAsyncClient(uri, name, new MemoryPersistence());
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval(3_600L);
        options.setSocketFactory(new NoDelaySockets());
        made.setCallback(this);
        made.connect(options).waitForCompletion(10_000);
        made.subscribe(filter, 1).waitForCompletion(10_000);
        return made;
    }

    /** Connects again, after the broker was away. */
    public void reconnect() throws MqttException {
        close();
        client = connect();
    }

    /** Returns once the broker has it. */
    public void publish(String topic, byte[] payload, boolean retained, MqttProperties properties)
            throws MqttException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                client.publish(topic, new MqttMessage(payload, 1, retained, properties))
                        .waitForCompletion(10_000);
                return;
            } catch (MqttException e) {
                // A token is complete a moment before its place in a window of one is free.
                if (e.getReasonCode() != MqttClientException.REASON_CODE_MAX_INFLIGHT || System.nanoTime() > end) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    public List<Got> all() {
        lock.lock();
        try {
            return List.copyOf(got);
        } finally {
            lock.unlock();
        }
    }

    /** The different event ids so far. */
    public Set<String> ids() {
        Set<String> ids = new TreeSet<>();
        all().stream()
                .map(g -> g.properties().get("id"))
                .filter(id -> id != null)
                .forEach(ids::add);
        return ids;
    }

    /** Waits until what came so far is as wanted; false when it did not within the time. */
    public boolean awaits(Predicate<Subscriber> wanted) throws InterruptedException {
        long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        lock.lockInterruptibly();
        try {
            while (!wanted.test(this)) {
                if (left <= 0) {
                    return false;
                }
                left = arrived.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        Map<String, String> properties = new TreeMap<>();
        for (UserProperty each : message.getProperties().getUserProperties()) {
            properties.put(each.getKey(), each.getValue());
        }
        lock.lock();
        try {
            got.add(new Got(topic, message.getPayload(), message.isRetained(), properties, message.getProperties()));
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        Messages.end(client);
    }
}
