package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.CanonicalJson;
import dev.picket.ota.json.StrictJson;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** Makes signed metadata files: specification 4, the publisher's side. */
final class MetadataWriter {
    private MetadataWriter() {}

    static ObjectNode root(Map<String, List<SigningKey>> keysByRole, int rootThreshold) {
        ObjectNode root = StrictJson.object().put("_type", "root").put("consistent_snapshot", true);
        ObjectNode keys = root.putObject("keys");
        ObjectNode roles = root.putObject("roles");
        keysByRole.forEach((role, list) -> {
            ObjectNode entry = roles.putObject(role).put("threshold", role.equals("root") ? rootThreshold : 1);
            ArrayNode ids = entry.putArray("keyids");
            for (SigningKey key : list) {
                keys.set(key.id(), key.toJson());
                ids.add(key.id());
            }
        });
        return root;
    }

    static ObjectNode targets(ObjectNode targets) {
        ObjectNode role = StrictJson.object().put("_type", "targets");
        role.set("targets", targets);
        return role;
    }

    static ObjectNode snapshot(long targetsVersion, byte[] targets) {
        ObjectNode role = StrictJson.object().put("_type", "snapshot");
        role.putObject("meta").set("targets.json", fileInfo(targetsVersion, targets));
        return role;
    }

    /** With {@code issued}, by which gateways keep their clocks from lagging behind. */
    static ObjectNode timestamp(long snapshotVersion, byte[] snapshot, Instant now) {
        ObjectNode role = StrictJson.object().put("_type", "timestamp").put("issued", seconds(now));
        role.putObject("meta").set("snapshot.json", fileInfo(snapshotVersion, snapshot));
        return role;
    }

    /** Adds what every role has, signs with all keys. */
    static byte[] sign(ObjectNode role, long version, Instant expires, List<SigningKey> keys) {
        role.put("spec_version", "1.0.34").put("version", version).put("expires", seconds(expires));
        byte[] message = canonical(role);
        ObjectNode file = StrictJson.object();
        ArrayNode signatures = file.putArray("signatures");
        for (SigningKey key : keys) {
            signatures.addObject().put("keyid", key.id()).put("sig", key.sign(message));
        }
        file.set("signed", role);
        return StrictJson.pretty(file);
    }

    private static ObjectNode fileInfo(long version, byte[] bytes) {
        ObjectNode info = StrictJson.object().put("version", version).put("length", bytes.length);
        info.putObject("hashes").put("sha256", Hashes.sha256(bytes));
        return info;
    }

    private static byte[] canonical(ObjectNode role) {
        try {
            return CanonicalJson.encode(role);
        } catch (RejectedException e) {
            throw new IllegalStateException("Metadata of our own have a canonical form.", e);
        }
    }

    private static String seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
