package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the next publication lists, as {@code contents.json}: target paths with length, hash and custom. */
final class Contents {
    private final Path file;
    private final Disk disk;
    private final ObjectNode json;

    private Contents(Path file, Disk disk, ObjectNode json) {
        this.file = file;
        this.disk = disk;
        this.json = json;
    }

    static Contents create(Path file, Disk disk) {
        ObjectNode json = StrictJson.object().put("format", 1);
        json.putObject("targets");
        return new Contents(file, disk, json);
    }

    static Contents read(Path file, Disk disk) throws RejectedException, IOException {
        Fields fields = StrictJson.parse(file.toString(), Files.readAllBytes(file));
        fields.number("format", 1, 1);
        fields.object("targets");
        return new Contents(file, disk, fields.node());
    }

    void save() throws IOException {
        disk.write(file, StrictJson.pretty(json));
    }

    void put(String path, byte[] bytes, ObjectNode custom) {
        ObjectNode target = StrictJson.object().put("length", bytes.length);
        target.putObject("hashes").put("sha256", Hashes.sha256(bytes));
        target.set("custom", custom);
        targets().set(path, target);
    }

    /** As targets.json lists them. */
    ObjectNode targets() {
        return (ObjectNode) json.get("targets");
    }

    List<String> paths() {
        return targets().properties().stream()
                .map(each -> each.getKey())
                .sorted()
                .toList();
    }

    /** Whether a targets file lists just these. */
    boolean sameAs(SignedFile targets) {
        return targets.signed().get("targets") instanceof ObjectNode listed
                && Arrays.equals(SignedFile.canonical(listed), SignedFile.canonical(targets()));
    }

    Optional<String> sha256(String path) {
        return sha256(targets(), path);
    }

    static Optional<String> sha256(JsonNode targets, String path) {
        JsonNode hash = targets.path(path).path("hashes").path("sha256");
        return hash.isTextual() ? Optional.of(hash.textValue()) : Optional.empty();
    }
}
