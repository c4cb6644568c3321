package dev.picket.agent.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.commands.Signer;
import dev.picket.agent.uplink.Subscriber;
import dev.picket.agent.uplink.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** The console's side: signs rollouts, retains them, and reads what gateways report. */
final class RolloutDesk implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    final Signer signer;
    private final Subscriber reports;

    RolloutDesk(URI broker) throws Exception {
        this.signer = new Signer("desk");
        this.reports = new Subscriber(broker, "desk", "picket/v1/+/+/report");
    }

    void say(Rollout rollout) throws Exception {
        retain(rollout.id(), signer.sign(Orders.claims(rollout, Instant.now())));
    }

    void retain(String id, byte[] token) throws Exception {
        reports.publish(Topics.rolloutOf("plant", id), token, true, new MqttProperties());
    }

    /** Waits until the gateway reports this of the rollout, as {@code STATE REASON}; answers its sentence. */
    String awaits(String gateway, String id, String wanted) throws Exception {
        assertThat(reports.awaits(_ -> last(gateway, id).startsWith(wanted)))
                .as("%s of %s: %s, and it was %s", id, gateway, wanted, states(gateway, id))
                .isTrue();
        JsonNode now = rollout(report(gateway), id);
        return now.path("sentence").asText();
    }

    void awaitsReport(String gateway, Predicate<JsonNode> wanted) throws Exception {
        assertThat(reports.awaits(_ -> wanted.test(report(gateway))))
                .as("the report of %s: %s", gateway, report(gateway))
                .isTrue();
    }

    /** All that the gateway reported of the rollout, one after the other, each once. */
    List<String> states(String gateway, String id) {
        List<String> states = new ArrayList<>();
        for (Subscriber.Got got : reports.all()) {
            if (got.topic().equals("picket/v1/plant/" + gateway + "/report")) {
                String now = told(rollout(json(got), id));
                if (states.isEmpty() || !states.getLast().equals(now)) {
                    states.add(now);
                }
            }
        }
        return states;
    }

    String last(String gateway, String id) {
        return told(rollout(report(gateway), id));
    }

    private static String told(JsonNode rollout) {
        return (rollout.path("state").asText() + " " + rollout.path("reason").asText()).strip();
    }

    private JsonNode report(String gateway) {
        return reports.all().stream()
                .filter(got -> got.topic().equals("picket/v1/plant/" + gateway + "/report"))
                .reduce((_, last) -> last)
                .map(RolloutDesk::json)
                .orElseGet(JSON::createObjectNode);
    }

    private static JsonNode rollout(JsonNode report, String id) {
        for (JsonNode each : report.path("rollouts")) {
            if (each.path("id").asText().equals(id)) {
                return each;
            }
        }
        return JSON.missingNode();
    }

    private static JsonNode json(Subscriber.Got got) {
        try {
            return JSON.readTree(got.payload());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        reports.close();
    }
}
