package dev.picket.demo;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** Stands for the fleet: a client of its own that counts the events it receives and the ids among them. */
final class Subscriber implements MqttCallback, AutoCloseable {
    private static final long QUIESCE_MILLIS = 500;

    private final MqttClient client;
    private final AtomicLong events = new AtomicLong();
    private final Set<String> ids = ConcurrentHashMap.newKeySet();

    private Subscriber(MqttClient client) {
        this.client = client;
    }

    static Subscriber connect(URI broker) throws MqttException {
        String address = "tcp://" + broker.getHost() + ":" + broker.getPort();
        MqttClient client = new MqttClient(address, "picket-demo-fleet", new MemoryPersistence());
        Subscriber subscriber = new Subscriber(client);
        client.setCallback(subscriber);
        client.connect();
        // The client's own string form: the one that takes a listener has a known fault.
        client.subscribe(new String[] {"picket/v1/+/+/verdict/+", "picket/v1/+/+/escalation/+"}, new int[] {1, 1});
        return subscriber;
    }

    long events() {
        return events.get();
    }

    long distinctIds() {
        return ids.size();
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        for (UserProperty property : message.getProperties().getUserProperties()) {
            if (property.getKey().equals("id")) {
                ids.add(property.getValue());
            }
        }
        events.incrementAndGet();
    }

    @Override
    public void close() throws MqttException {
        client.disconnectForcibly(QUIESCE_MILLIS, QUIESCE_MILLIS, false);
        client.close(true);
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String server) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
}
