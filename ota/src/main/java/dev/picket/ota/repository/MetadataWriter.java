package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.json.StrictJson;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Makes metadata that are still to be signed: specification 4, the publisher's side. */
final class MetadataWriter {
    private MetadataWriter() {}

    static SignedFile root(RootFile root, long version, Instant expires) {
        return complete(root.signed().deepCopy(), version, expires);
    }

    static SignedFile targets(ObjectNode targets, long version, Instant expires) {
        ObjectNode role = StrictJson.object().put("_type", "targets");
        role.set("targets", targets.deepCopy());
        return complete(role, version, expires);
    }

    static SignedFile snapshot(SignedFile targets, long version, Instant expires) {
        ObjectNode role = StrictJson.object().put("_type", "snapshot");
        role.putObject("meta").set("targets.json", fileInfo(targets));
        return complete(role, version, expires);
    }

    /** With {@code issued}, by which gateways keep their clocks from lagging behind. */
    static SignedFile timestamp(SignedFile snapshot, long version, Instant now, Instant expires) {
        ObjectNode role = StrictJson.object().put("_type", "timestamp").put("issued", seconds(now));
        role.putObject("meta").set("snapshot.json", fileInfo(snapshot));
        return complete(role, version, expires);
    }

    private static SignedFile complete(ObjectNode role, long version, Instant expires) {
        role.put("spec_version", "1.0.34").put("version", version).put("expires", seconds(expires));
        return new SignedFile(role);
    }

    private static ObjectNode fileInfo(SignedFile file) {
        byte[] bytes = file.bytes();
        ObjectNode info = StrictJson.object().put("version", file.version()).put("length", bytes.length);
        info.putObject("hashes").put("sha256", Hashes.sha256(bytes));
        return info;
    }

    private static String seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
