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
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the next publication lists, as {@code contents.json}:
 *
 * <pre>
 *   {"format":1,
 *    "targets":     {path: {length, hashes, custom}}       of the top-level role
 *    "delegations": as in targets.json, where there are teams
 *    "teams":       {team: {path: {…}}}}                   what each lists
 * </pre>
 */
final class Contents {
    /** The role at the top. */
    static final String TOP = "targets";

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
        Contents contents = new Contents(file, disk, fields.node());
        for (String team : Teams.in(fields).roles()) {
            fields.object("teams").object(team);
        }
        return contents;
    }

    Teams teams() throws RejectedException {
        return Teams.in(new Fields(file.toString(), json));
    }

    /** Makes these the teams; what others listed is gone. */
    void teams(Teams teams) {
        ObjectNode listed = json.withObject("/teams");
        listed.retain(teams.roles());
        teams.roles().forEach(listed::withObjectProperty);
        teams.putInto(json);
        if (listed.isEmpty()) {
            json.remove("teams");
        }
    }

    void save() throws IOException {
        disk.write(file, StrictJson.pretty(json));
    }

    void put(String role, String path, byte[] bytes, ObjectNode custom) {
        ObjectNode target = StrictJson.object().put("length", bytes.length);
        target.putObject("hashes").put("sha256", Hashes.sha256(bytes));
        target.set("custom", custom);
        targets(role).set(path, target);
    }

    void remove(String path) {
        listedBy(path).ifPresent(role -> targets(role).remove(path));
    }

    /** As the top-level role or a team lists them. */
    ObjectNode targets(String role) {
        return role.equals(TOP)
                ? (ObjectNode) json.get(TOP)
                : (ObjectNode) json.path("teams").get(role);
    }

    /** Of all roles. */
    List<String> paths() {
        return roles().stream()
                .flatMap(role -> targets(role).properties().stream())
                .map(each -> each.getKey())
                .sorted()
                .toList();
    }

    /** Whether a targets file lists just these, and lets the same teams list more. */
    boolean sameAs(SignedFile targets) {
        return Arrays.equals(
                SignedFile.canonical(said(targets.signed())), SignedFile.canonical(said(next(targets.role()))));
    }

    /** What a role's next targets file says. */
    ObjectNode next(String role) {
        ObjectNode next = StrictJson.object();
        next.set("targets", targets(role).deepCopy());
        if (role.equals(TOP) && json.has("delegations")) {
            next.set("delegations", json.get("delegations").deepCopy());
        }
        return next;
    }

    /** The role that lists a path. */
    Optional<String> listedBy(String path) {
        return roles().stream().filter(role -> targets(role).has(path)).findFirst();
    }

    Optional<String> sha256(String path) {
        return listedBy(path).flatMap(role -> sha256(targets(role), path));
    }

    /** The top-level role, then teams. */
    List<String> roles() {
        return Stream.concat(Stream.of(TOP), json.path("teams").propertyStream().map(Map.Entry::getKey))
                .toList();
    }

    private static ObjectNode said(ObjectNode signed) {
        return signed.deepCopy().retain("targets", "delegations");
    }

    static Optional<String> sha256(JsonNode targets, String path) {
        JsonNode hash = targets.path(path).path("hashes").path("sha256");
        return hash.isTextual() ? Optional.of(hash.textValue()) : Optional.empty();
    }
}
