package dev.picket.agent.uplink;

import java.net.URI;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** A consumer that keeps one bit an event, so that a million of them need little. */
final class IdCounter implements Messages, AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;

    private final MqttAsyncClient client;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Map<String, BitSet> seqs = new HashMap<>();
    private long different;

    IdCounter(URI broker, String filter) throws MqttException {
        client = new MqttAsyncClient(
                "tcp://" + broker.getHost() + ":" + broker.getPort(), "counter", new MemoryPersistence());
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setSocketFactory(new NoDelaySockets());
        client.setCallback(this);
        client.connect(options).waitForCompletion(10_000);
        client.subscribe(filter, 1).waitForCompletion(10_000);
    }

    /** Waits until there were so many different ids. */
    boolean awaits(long count) throws InterruptedException {
        long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        lock.lockInterruptibly();
        try {
            while (different < count && left > 0) {
                left = arrived.awaitNanos(left);
            }
            return different == count;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        for (UserProperty each : message.getProperties().getUserProperties()) {
            if (each.getKey().equals("id")) {
                count(each.getValue());
            }
        }
    }

    private void count(String id) {
        int dash = id.lastIndexOf('-');
        int seq = Integer.parseInt(id.substring(dash + 1));
        lock.lock();
        try {
            BitSet seen = seqs.computeIfAbsent(id.substring(0, dash), _ -> new BitSet());
            if (!seen.get(seq)) {
                seen.set(seq);
                different++;
                arrived.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        Messages.end(client);
    }
}
