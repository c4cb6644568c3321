package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.json.StrictJson;
import java.util.List;
import java.util.Set;

/** The signed part of a root: the keys of the four roles that every repository has. */
record RootFile(ObjectNode signed) implements Keyring {
    /** In the order in which people think of them: offline first. */
    static final List<String> ROLES = List.of("root", "targets", "snapshot", "timestamp");

    /** Those whose keys a machine without a person beside it needs. */
    static final Set<String> ONLINE = Set.of("snapshot", "timestamp");

    /** A root without keys. */
    static RootFile empty() {
        ObjectNode root = StrictJson.object().put("_type", "root").put("consistent_snapshot", true);
        root.putObject("keys");
        ObjectNode roles = root.putObject("roles");
        ROLES.forEach(role -> roles.putObject(role).put("threshold", 1).putArray("keyids"));
        return new RootFile(root);
    }

    long version() {
        return signed.path("version").asLong();
    }

    @Override
    public List<String> roles() {
        return ROLES;
    }

    @Override
    public ObjectNode keys() {
        return (ObjectNode) signed.get("keys");
    }

    @Override
    public ObjectNode role(String role) {
        return (ObjectNode) signed.get("roles").get(role);
    }
}
