package dev.picket.ota.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Specification 4: what a client must put up with in files that are rightly signed, and what it must not. */
class ToleranceTest {
    private static final Retry ONCE = new Retry(1, Duration.ofMillis(2), Duration.ofMillis(2), wait -> {});

    @TempDir
    Path folder;

    private final Simulator repository = new Simulator();

    @Test
    void fieldsUnknownHereAreSignedAndIgnoredAnywhere() throws Exception {
        repository.targets.put("a", bytes("a"));
        repository.changes.put("root", signed -> {
            signed.put("x-new", "ä\"\\\u007f").putArray("list").add(1).addNull().addObject();
            signed.get("keys").forEach(key -> ((ObjectNode) key).put("x-owner", "@someone"));
            signed.get("roles").forEach(role -> ((ObjectNode) role).put("x-period", 7300));
            ((ObjectNode) signed.get("roles")).putObject("mirrors").put("threshold", 1);
        });
        repository.publishRoot(List.of());
        repository.changes.put(
                "timestamp", signed -> object(signed, "meta", "snapshot.json").put("x", true));
        repository.changes.put(
                "snapshot",
                signed -> ((ObjectNode) signed.get("meta")).putObject("x.y").put("version", 3));
        repository.changes.put(
                "targets", signed -> object(signed, "targets", "a").put("x", -1));

        assertThat(refresh().find("a")).isPresent();
        assertThat(folder.resolve("root.json")).hasBinaryContent(repository.roots.get(1));
    }

    @Test
    void theOrderOfKeysAndTheSpacesOfAFileDoNotMatterAndItsBytesAreKept() throws Exception {
        ObjectNode file =
                StrictJson.parse("timestamp", repository.timestampBytes()).node();
        byte[] shuffled = ("\n\t" + reversed(file).toPrettyString() + "  ").getBytes(StandardCharsets.UTF_8);
        repository.replaced.put("metadata/timestamp.json", shuffled);
        refresh();

        assertThat(folder.resolve("timestamp.json")).hasBinaryContent(shuffled);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "zz", "abc"})
    void aSignatureThatProvesNothingBesideAValidOneIsPassedOver(String signature) throws Exception {
        repository.keysOf("timestamp").add(Simulator.newKey());
        repository.publishRoot(List.of());
        ObjectNode file =
                StrictJson.parse("timestamp", repository.timestampBytes()).node();
        ((ObjectNode) file.get("signatures").get(0)).put("sig", signature);
        ((ArrayNode) file.get("signatures")).addObject().put("keyid", "unknown").put("sig", signature);
        repository.replaced.put("metadata/timestamp.json", StrictJson.pretty(file));

        refresh();
        assertThat(folder.resolve("timestamp.json")).exists();
    }

    @Test
    void aKeyOfAKindUnknownHereIsNoFaultAndCountsForNothing() throws Exception {
        repository.changes.put("root", signed -> {
            ObjectNode key = ((ObjectNode) signed.get("keys")).putObject("quantum");
            key.put("keytype", "sphincs")
                    .put("scheme", "sphincs-shake")
                    .putObject("keyval")
                    .putObject("public");
            ((ArrayNode) object(signed, "roles", "timestamp").get("keyids")).add("quantum");
        });
        repository.publishRoot(List.of());
        refresh();

        repository.thresholds.put("timestamp", 2);
        repository.publishRoot(List.of());
        refused(Reason.UNSIGNED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"version\":\"1\"}",
                "{\"version\":-1}",
                "{\"expires\":\"tomorrow\"}",
                "{\"expires\":\"2126-01-01\"}",
                "{\"_type\":\"root\"}",
                "{\"spec_version\":\"2.0\"}",
                "{\"meta\":{}}",
                "{\"meta\":{\"snapshot.json\":{\"version\":1,\"hashes\":{\"md5\":\"00\"}}}}",
            })
    void whatBreaksTheFormIsRefusedThoughItIsSigned(String change) throws Exception {
        ObjectNode fields = StrictJson.parse("change", bytes(change)).node();
        repository.changes.put("timestamp", signed -> signed.setAll(fields));

        assertThatThrownBy(this::refresh)
                .asInstanceOf(type(RejectedException.class))
                .extracting(RejectedException::reason)
                .isEqualTo(Reason.MALFORMED);
    }

    @Test
    void aRoleThatNamesOneKeyTwiceIsRefused() {
        repository.changes.put("root", signed -> {
            ArrayNode ids = (ArrayNode) object(signed, "roles", "snapshot").get("keyids");
            ids.add(ids.get(0));
        });
        repository.publishRoot(List.of());

        refused(Reason.MALFORMED);
    }

    @Test
    void anAddedKeyKeepsTheFloorOfVersionsAndOneTakenAwayLowersIt() throws Exception {
        repository.versions.put("timestamp", 9L);
        refresh();
        repository.keysOf("timestamp").add(Simulator.newKey());
        repository.publishRoot(List.of());
        repository.versions.put("timestamp", 2L);
        refused(Reason.OLDER);

        repository.keysOf("timestamp").removeFirst();
        repository.publishRoot(List.of());
        refresh();
        assertThat(folder.resolve("timestamp.json")).hasBinaryContent(repository.timestampBytes());
    }

    private static ObjectNode object(ObjectNode signed, String outer, String inner) {
        return (ObjectNode) signed.get(outer).get(inner);
    }

    private static JsonNode reversed(JsonNode value) {
        if (value instanceof ObjectNode object) {
            ObjectNode turned = StrictJson.object();
            List<Map.Entry<String, JsonNode>> fields = new ArrayList<>(object.properties());
            Collections.reverse(fields);
            fields.forEach(each -> turned.set(each.getKey(), reversed(each.getValue())));
            return turned;
        }
        return value;
    }

    private void refused(Reason reason) {
        assertThatThrownBy(this::refresh)
                .asInstanceOf(type(RejectedException.class))
                .extracting(RejectedException::reason)
                .isEqualTo(reason);
    }

    private TrustedTargets refresh() throws Exception {
        return new TufClient(folder, repository.firstRoot(), repository, TufLimits.DEFAULT, ONCE)
                .refresh(Simulator.NOW);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
