package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.commands.Answer;
import dev.picket.agent.commands.CommandHandler;
import dev.picket.agent.commands.Reply;
import dev.picket.agent.commands.Request;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.console.Order;
import dev.picket.agent.console.Orders;
import dev.picket.agent.console.Target;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.CommandJwk;
import dev.picket.ota.release.CommandJwks;
import dev.picket.ota.repository.KeyFile;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.format.EventFormat;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.jackson.JsonFormat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds what goes over a real broker in a whole run against docs/asyncapi.yaml and its schemas: none more, none less. */
class AsyncApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OFFLINE = "{\"online\":false}";

    @TempDir
    Path folder;

    private final Contract contract;
    private final Map<String, String> verbs = new TreeMap<>();
    private final Set<String> wrong = new TreeSet<>();
    private KeyFile key;

    AsyncApiTest() throws Exception {
        contract = new Contract();
    }

    @BeforeEach
    void aKeyThatMayAskAll() throws Exception {
        key = KeyFile.create(folder.resolve("ops.key"), "ops", "secret".toCharArray(), 10);
        CommandJwk jwk = new CommandJwk(
                "ops", key.key().publicHex(), List.of("restart", "install", "rollout", "dance"), List.of("plant"));
        Files.createDirectories(folder.resolve("updates"));
        Files.write(
                folder.resolve("updates/command-keys.json"),
                StrictJson.pretty(new CommandJwks(List.of(jwk), 0).toJson()));
    }

    @Test
    void whatIsSaidInAWholeRunIsWhatTheDocumentDescribes() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscriber all = new Subscriber(broker.uri(), "console", "picket/v1/#")) {
            run(broker, all);
            Set<String> seen = new TreeSet<>();
            for (Subscriber.Got got : all.all()) {
                if (!wrong.contains(correlation(got)) || got.topic().contains("/reply/")) {
                    Contract.Fits fits = contract.fits(got);
                    assertThat(fits.fitting())
                            .as("%s %s %s: %s", got.topic(), got.properties(), got.text(), fits.why())
                            .hasSize(1);
                    seen.add(fits.fitting().getFirst());
                    assertVerb(got, fits.fitting().getFirst());
                }
            }
            assertThat(seen).isEqualTo(contract.messages());
            assertThat(all.all().stream().filter(AsyncApiTest::isEvent).toList())
                    .hasSizeGreaterThanOrEqualTo(4)
                    .allSatisfy(AsyncApiTest::assertReadByOthers);
        }
    }

    @Test
    void theExamplesOfTheDocumentFitTheirOwnSchemas() {
        int examples = 0;
        for (JsonNode message : contract.document().path("components").path("messages")) {
            for (JsonNode example : message.path("examples")) {
                examples++;
                for (String part : List.of("headers", "payload")) {
                    if (example.has(part)) {
                        assertThat(contract.faults(
                                        message.path(part).path("$ref").asText(), example.path(part)))
                                .as("%s", example)
                                .isEmpty();
                    }
                }
            }
        }
        assertThat(examples).isGreaterThan(3);
    }

    /** One message of each kind and more: events, status with a Will, commands that are done, take longer, are wrong. */
    private void run(Mosquitto broker, Subscriber all) throws Exception {
        ObjectNode keys = JSON.createObjectNode().put("broker", broker.uri().toString());
        keys.put("will-delay", "0s").put("report-every", "100ms").put("retry-first", "20ms");
        UplinkConfig config = ConfigLoader.section(UplinkConfig.class, keys, "the test");
        try (Agent agent = new Agent(folder, config, Configs.link(config), List.of(new Later()))) {
            agent.journal.append(
                    List.of(
                            Verdicts.routine("r1"),
                            Verdicts.routine("r2"),
                            Verdicts.cachedFirst("r5", Priority.ROUTINE),
                            Verdicts.cachedFirst("r6", Priority.ESCALATION),
                            Verdicts.of("line1", "r3", "fraud", Priority.ESCALATION),
                            failed()),
                    Map.of());
            agent.journal.drop(Priority.ROUTINE, 1, 1, "quota");
            agent.start().awaitUp();
            all.publish(Topics.CONSOLE_STATUS, bytes(OFFLINE), true, new MqttProperties());
            commands(all);
            assertThat(all.awaits(s -> s.ids().size() == 6 && replies(s) == 10))
                    .as("%s", all.all())
                    .isTrue();
            Objects.requireNonNull(agent.current.get()).connection().abort();
            assertThat(all.awaits(s -> status(s).contains("\"online\":false"))).isTrue();
            assertThat(all.awaits(s -> status(s).contains("\"online\":true"))).isTrue();
        }
        assertThat(all.awaits(s -> status(s).contains("\"reason\""))).isTrue();
    }

    private void commands(Subscriber all) throws Exception {
        Orders orders = new Orders(new Target("plant", "press-4"), Clock.systemUTC());
        for (String verb : List.of("ping", "status", "report")) {
            send(all, verb, orders.of(verb, JSON.createObjectNode(), null, Duration.ofMinutes(1)));
        }
        Order restart = orders.of("restart", JSON.createObjectNode(), key, Duration.ofMinutes(1));
        send(all, "restart", restart);
        ObjectNode set = JSON.createObjectNode().put("set", "factory/7");
        send(all, "install", orders.of("install", set, key, Duration.ofMinutes(1)));
        ObjectNode rollout = JSON.createObjectNode().put("verb", "rollout").put("aud", "plant/*");
        rollout.put("iat", 1)
                .put("id", "r1")
                .put("revision", 1)
                .put("set", "factory/7")
                .put("state", "active");
        rollout.put("percent", 10).put("notAfter", 2).putArray("groups").add("north");
        all.publish(Topics.rolloutOf("plant", "r1"), Orders.jws(key, rollout), true, new MqttProperties());
        // Wrong ones: no such verb, no signature, a signature of nobody, the same token once more.
        send(all, "dance", orders.of("dance", JSON.createObjectNode(), key, Duration.ofMinutes(1)));
        wrong(
                all,
                "install",
                new Order(topic("install"), bytes("{\"set\":\"x\"}"), restart.responseTopic(), bytes("w1"), 60));
        byte[] forged = restart.payload().clone();
        forged[forged.length - 10] ^= 1;
        wrong(all, "restart", new Order(topic("restart"), forged, restart.responseTopic(), bytes("w2"), 60));
        wrong(all, "restart", new Order(topic("restart"), restart.payload(), restart.responseTopic(), bytes("w3"), 60));
    }

    private void wrong(Subscriber all, String verb, Order order) throws Exception {
        wrong.add(hex(order.correlation()));
        send(all, verb, order);
    }

    private void send(Subscriber all, String verb, Order order) throws Exception {
        verbs.put(hex(order.correlation()), verb);
        MqttProperties properties = new MqttProperties();
        properties.setResponseTopic(order.responseTopic());
        properties.setCorrelationData(order.correlation());
        properties.setMessageExpiryInterval(order.expirySeconds());
        all.publish(order.topic(), order.payload(), false, properties);
    }

    /** A result, the claims of a signed request and its params are as their verb's own schema says. */
    private void assertVerb(Subscriber.Got got, String message) throws Exception {
        String verb = verbs.getOrDefault(correlation(got), "");
        switch (message) {
            case "reply/done" -> {
                String schema = "schemas/results.json#/$defs/" + verb;
                assertThat(contract.faults(schema, Contract.payload(got)))
                        .as(got.text())
                        .isEmpty();
            }
            case "command/signed" -> {
                byte[] claims = Base64.getUrlDecoder()
                        .decode(Arrays.asList(got.text().split("\\.", -1)).get(1));
                JsonNode json = JSON.readTree(claims);
                assertThat(contract.faults("schemas/claims.json", json)).isEmpty();
                if (!verb.equals("dance")) {
                    assertThat(contract.faults("schemas/params.json#/$defs/" + verb, json.path("params")))
                            .isEmpty();
                }
            }
            case "rollout/rollout" -> {
                byte[] claims = Base64.getUrlDecoder()
                        .decode(Arrays.asList(got.text().split("\\.", -1)).get(1));
                assertThat(contract.faults("schemas/rollout-claims.json", JSON.readTree(claims)))
                        .isEmpty();
            }
            default -> assertThat(message).isNotEmpty();
        }
    }

    /** A library of others reads the event, takes it for valid, and gives it back unchanged through its own JSON. */
    private static void assertReadByOthers(Subscriber.Got got) {
        CloudEvent event = new EventReader(got).toEvent();
        assertThat(event.getId()).isEqualTo(got.properties().get("id"));
        assertThat(event.getType()).startsWith("dev.picket.");
        assertThat(event.getSource()).hasToString("/picket/v1/plant/press-4");
        assertThat(event.getTime()).isNotNull();
        assertThat(event.getSubject()).isEqualTo(got.properties().get("subject"));
        assertThat(event.getDataContentType()).isEqualTo("application/json");
        assertThat(event.getExtension("epoch")).isEqualTo(got.properties().get("epoch"));
        assertThat(event.getExtensionNames()).contains("epoch", "priority");
        EventFormat format =
                Objects.requireNonNull(EventFormatProvider.getInstance().resolveFormat(JsonFormat.CONTENT_TYPE));
        CloudEvent back = format.deserialize(format.serialize(event));
        assertThat(back.getAttributeNames()).isEqualTo(event.getAttributeNames());
        for (String each : event.getExtensionNames()) {
            assertThat(back.getExtension(each)).isEqualTo(event.getExtension(each));
        }
        assertThat(new String(Objects.requireNonNull(back.getData()).toBytes(), StandardCharsets.UTF_8))
                .isEqualTo(got.text());
    }

    private static boolean isEvent(Subscriber.Got got) {
        return got.properties().containsKey("specversion");
    }

    private static long replies(Subscriber all) {
        return all.all().stream().filter(got -> got.topic().contains("/reply/")).count();
    }

    /** The last status, and what came before it only while there is none. */
    private static String status(Subscriber all) {
        return all.all().stream()
                .filter(got -> got.topic().equals("picket/v1/plant/press-4/status"))
                .map(Subscriber.Got::text)
                .reduce("", (_, last) -> last);
    }

    private static String correlation(Subscriber.Got got) {
        byte[] correlation = got.raw().getCorrelationData();
        return correlation == null ? "" : hex(correlation);
    }

    private static String hex(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String topic(String verb) {
        return "picket/v1/plant/press-4/command/" + verb;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Verdict failed() {
        Verdict good = Verdicts.of("line1", "r4", "fraud", Priority.ESCALATION);
        return new Verdict(
                good.source(),
                good.readingId(),
                good.at(),
                null,
                false,
                good.task(),
                null,
                null,
                List.of(),
                List.of(),
                null,
                0,
                Priority.ESCALATION,
                new Decision.Failed("crash"),
                0);
    }

    /** A verb that takes longer than a reply may. */
    private static final class Later implements CommandHandler {
        @Override
        public String verb() {
            return "restart";
        }

        @Override
        public boolean idempotent() {
            return true;
        }

        @Override
        public Answer answer(Request request) {
            return new Answer.Later(
                    "it begins", _ -> Reply.of(200, StrictJson.object().put("restarted", true)));
        }
    }
}
