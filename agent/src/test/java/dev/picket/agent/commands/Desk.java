package dev.picket.agent.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.uplink.Subscriber;
import dev.picket.agent.uplink.Subscriber.Got;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;

/** A console at a broker: sends commands, each with correlation data of its own, and keeps the replies. */
public final class Desk implements AutoCloseable {
    static final String ROOT = "picket/v1/plant/press-4/command/";
    static final String ALL = "picket/v1/plant/all/command/";
    static final String REPLY = "picket/v1/console/reply/desk-1";
    private static final long EXPIRY_SECONDS = 600;

    final Subscriber heard;

    public Desk(URI broker) throws MqttException {
        this.heard = new Subscriber(broker, "console", "picket/v1/#");
    }

    public void send(String verb, String correlation, byte[] payload) throws MqttException {
        send(ROOT + verb, REPLY, correlation, EXPIRY_SECONDS, payload);
    }

    void send(
            String topic,
            @Nullable String replyTo,
            @Nullable String correlation,
            @Nullable Long expirySeconds,
            byte[] payload)
            throws MqttException {
        MqttProperties properties = new MqttProperties();
        if (replyTo != null) {
            properties.setResponseTopic(replyTo);
        }
        if (correlation != null) {
            properties.setCorrelationData(correlation.getBytes(StandardCharsets.UTF_8));
        }
        if (expirySeconds != null) {
            properties.setMessageExpiryInterval(expirySeconds);
        }
        heard.publish(topic, payload, false, properties);
    }

    /** The replies with this correlation data so far, in the order in which they came. */
    List<Got> replies(@Nullable String correlation) {
        return heard.all().stream()
                .filter(got -> got.topic().startsWith("picket/v1/console/reply/"))
                .filter(got -> correlationOf(got).equals(correlation == null ? "" : correlation))
                .toList();
    }

    /** The nth reply to it, from 1 on. */
    public Got reply(@Nullable String correlation, int n) throws InterruptedException {
        assertThat(heard.awaits(_ -> replies(correlation).size() >= n))
                .as("reply %d to %s", n, correlation)
                .isTrue();
        return replies(correlation).get(n - 1);
    }

    /** The status of the nth reply to it. */
    public int status(@Nullable String correlation, int n) throws InterruptedException {
        return Integer.parseInt(reply(correlation, n).properties().get("status"));
    }

    public JsonNode json(@Nullable String correlation, int n) throws InterruptedException, IOException {
        return new ObjectMapper().readTree(reply(correlation, n).payload());
    }

    /** The reply that ends a job; its first may come more than once before it. */
    Got end(String correlation) throws InterruptedException {
        Predicate<Got> ends = got -> !"202".equals(got.properties().get("status"));
        assertThat(heard.awaits(_ -> replies(correlation).stream().anyMatch(ends)))
                .as("the end of %s", correlation)
                .isTrue();
        return replies(correlation).stream().filter(ends).findFirst().orElseThrow();
    }

    int endStatus(String correlation) throws InterruptedException {
        return Integer.parseInt(end(correlation).properties().get("status"));
    }

    private static String correlationOf(Got got) {
        byte[] data = got.raw().getCorrelationData();
        return data == null ? "" : new String(data, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        heard.close();
    }
}
