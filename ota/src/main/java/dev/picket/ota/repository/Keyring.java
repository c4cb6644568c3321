package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.tuf.Key;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which keys each of some roles has, and how many of them must sign: read and edited in the metadata that say so. */
sealed interface Keyring permits RootFile, Teams {
    List<String> roles();

    /** The public halves, by id. */
    ObjectNode keys();

    /** What is said of a role that is there: {@code keyids} and {@code threshold}. */
    ObjectNode role(String role);

    default Signers signers(String role) throws RejectedException {
        Fields all = new Fields("keys", keys());
        Map<String, Key> keys = new LinkedHashMap<>();
        for (String id : ids(role)) {
            keys.put(id, PublicKeys.parse(all.object(id)));
        }
        int threshold = (int) new Fields(role, role(role)).number("threshold", 1, 1024);
        return new Signers(role, keys, threshold);
    }

    /** In the order of the file. */
    default List<String> ids(String role) {
        List<String> ids = new ArrayList<>();
        idsNode(role).forEach(each -> ids.add(each.asText()));
        return ids;
    }

    /** One key would let a file of one role pass for another's. */
    default void requireUnused(Key key) throws RejectedException {
        String id = PublicKeys.id(key);
        for (String each : roles()) {
            if (ids(each).contains(id)) {
                throw new RejectedException(
                        Reason.MALFORMED,
                        "The key " + id + " signs " + each + " already: each role has keys of its own.");
            }
        }
    }

    default void add(String role, Key key) throws RejectedException {
        requireUnused(key);
        String id = PublicKeys.id(key);
        keys().set(id, PublicKeys.toJson(key));
        idsNode(role).add(id);
    }

    /** Takes a key from its role; the caller checks afterwards with {@link #check}. */
    default void remove(String role, String id) {
        List<String> left = new ArrayList<>(ids(role));
        left.remove(id);
        ArrayNode node = idsNode(role);
        node.removeAll();
        left.forEach(node::add);
        dropUnusedKeys();
    }

    default void dropUnusedKeys() {
        Set<String> used = new HashSet<>();
        roles().forEach(each -> used.addAll(ids(each)));
        keys().retain(used);
    }

    default void threshold(String role, int threshold) {
        role(role).put("threshold", threshold);
    }

    default int threshold(String role) {
        return role(role).path("threshold").asInt();
    }

    /**
     * Refuses what would let a role never be signed again, and a key under another's id: people compare ids.
     *
     * @throws RejectedException MALFORMED
     */
    default void check() throws RejectedException {
        for (String role : roles()) {
            for (Map.Entry<String, Key> each : signers(role).keys().entrySet()) {
                String id = PublicKeys.id(each.getValue());
                if (!id.equals(each.getKey())) {
                    throw new RejectedException(
                            Reason.MALFORMED,
                            "What stands under the id " + each.getKey() + " of " + role + " is the key " + id
                                    + ": somebody changed it; do not sign this.");
                }
            }
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
    default String find(String role, String prefix) throws RejectedException {
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

    private ArrayNode idsNode(String role) {
        return (ArrayNode) role(role).get("keyids");
    }
}
