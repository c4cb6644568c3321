package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.tuf.Key;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The signed part of a root, read and edited: which keys each role has, and how many of them must sign. */
record RootFile(ObjectNode signed) {
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

    Signers signers(String role) throws RejectedException {
        Fields root = new Fields("root", signed);
        Map<String, Key> keys = new LinkedHashMap<>();
        for (String id : ids(role)) {
            keys.put(id, PublicKeys.parse(root.object("keys").object(id)));
        }
        int threshold = (int) root.object("roles").object(role).number("threshold", 1, 1024);
        return new Signers(role, keys, threshold);
    }

    /** In the order of the file. */
    List<String> ids(String role) {
        List<String> ids = new ArrayList<>();
        idsNode(role).forEach(each -> ids.add(each.asText()));
        return ids;
    }

    void add(String role, Key key) throws RejectedException {
        String id = PublicKeys.id(key);
        for (String each : ROLES) {
            if (ids(each).contains(id)) {
                throw new RejectedException(
                        Reason.MALFORMED,
                        "The key " + id + " signs " + each + " already: each role has keys of its own.");
            }
        }
        ((ObjectNode) signed.get("keys")).set(id, PublicKeys.toJson(key));
        idsNode(role).add(id);
    }

    /** Takes a key from its role; the caller checks afterwards with {@link #check}. */
    void remove(String role, String id) {
        List<String> left = new ArrayList<>(ids(role));
        left.remove(id);
        ArrayNode node = idsNode(role);
        node.removeAll();
        left.forEach(node::add);
        Set<String> used = new HashSet<>();
        ROLES.forEach(each -> used.addAll(ids(each)));
        if (!used.contains(id)) {
            ((ObjectNode) signed.get("keys")).remove(id);
        }
    }

    void threshold(String role, int threshold) {
        roleNode(role).put("threshold", threshold);
    }

    int threshold(String role) {
        return roleNode(role).path("threshold").asInt();
    }

    /**
     * Refuses a root by which a role could never be signed again.
     *
     * @throws RejectedException MALFORMED
     */
    void check() throws RejectedException {
        for (String role : ROLES) {
            int keys = ids(role).size();
            int threshold = threshold(role);
            if (threshold < 1 || threshold > keys) {
                throw new RejectedException(
                        Reason.MALFORMED,
                        "The role " + role + " would have " + keys + " keys and need " + threshold
                                + " signatures: give it another key first, or another threshold.");
            }
        }
    }

    /** The one key of the role whose id begins so. */
    String find(String role, String prefix) throws RejectedException {
        List<String> found =
                ids(role).stream().filter(each -> each.startsWith(prefix)).toList();
        if (found.size() != 1) {
            throw new RejectedException(
                    Reason.MISSING,
                    found.size() + " keys of the role " + role + " begin with '" + prefix + "': name one of "
                            + String.join(", ", ids(role)) + ".");
        }
        return found.getFirst();
    }

    private ObjectNode roleNode(String role) {
        return (ObjectNode) signed.get("roles").get(role);
    }

    private ArrayNode idsNode(String role) {
        JsonNode ids = roleNode(role).get("keyids");
        return (ArrayNode) ids;
    }
}
