package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * What the next publication signs, as {@code contents.json}: target paths with length, hash and custom, and the
 * versions that were signed last.
 */
final class Contents {
    private final Path file;
    private final ObjectNode json;

    private Contents(Path file, ObjectNode json) {
        this.file = file;
        this.json = json;
    }

    static Contents create(Path file) {
        ObjectNode json = StrictJson.object().put("format", 1).put("changed", true);
        json.putObject("versions");
        json.putObject("targets");
        return new Contents(file, json);
    }

    static Contents read(Path file) throws RejectedException, IOException {
        Fields fields = StrictJson.parse(file.toString(), Files.readAllBytes(file));
        fields.number("format", 1, 1);
        fields.object("versions");
        fields.object("targets");
        fields.flag("changed");
        return new Contents(file, fields.node());
    }

    void save() throws IOException {
        AtomicFiles.write(file, StrictJson.pretty(json));
    }

    /** Whether targets were put since they were signed last. */
    boolean changed() {
        return json.path("changed").booleanValue();
    }

    /** When targets and snapshot were signed last; the epoch before the first time. */
    Instant signedAt() {
        return Instant.ofEpochSecond(json.path("signedAt").asLong(0));
    }

    void signed(Instant at) {
        json.put("changed", false).put("signedAt", at.getEpochSecond());
    }

    void put(String path, byte[] bytes, ObjectNode custom) {
        ObjectNode target = StrictJson.object().put("length", bytes.length);
        target.putObject("hashes").put("sha256", Hashes.sha256(bytes));
        target.set("custom", custom);
        targets().set(path, target);
        json.put("changed", true);
    }

    /** As targets.json lists them. */
    ObjectNode targets() {
        return (ObjectNode) json.get("targets");
    }

    long version(String role) {
        return json.path("versions").path(role).asLong(0);
    }

    void version(String role, long version) {
        ((ObjectNode) json.get("versions")).put(role, version);
    }

    Optional<String> sha256(String path) {
        JsonNode hash = targets().path(path).path("hashes").path("sha256");
        return hash.isTextual() ? Optional.of(hash.textValue()) : Optional.empty();
    }

    /** The highest counter of {@code folder/{counter}.json}; 0 when there is none. */
    long highestCounter(String folder) {
        return targets().properties().stream()
                .map(Map.Entry::getKey)
                .filter(each -> each.startsWith(folder + "/"))
                .map(each -> each.substring(folder.length() + 1))
                .filter(each -> each.matches("[1-9][0-9]{0,17}\\.json"))
                .flatMapToLong(each -> LongStream.of(Long.parseLong(each.substring(0, each.indexOf('.')))))
                .max()
                .orElse(0);
    }
}
