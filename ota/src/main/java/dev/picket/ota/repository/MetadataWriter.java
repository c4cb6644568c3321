package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.json.StrictJson;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Makes metadata that are still to be signed: specification 4, the publisher's side. */
final class MetadataWriter {
    private MetadataWriter() {}

    static SignedFile root(RootFile root, long version, Instant expires) {
        return complete("root", root.signed().deepCopy(), version, expires);
    }

    /**
     * Of the top-level role or of a team.
     *
     * @param said its targets, and whom it delegates to
     */
    static SignedFile targets(String role, ObjectNode said, long version, Instant expires) {
        return complete(role, StrictJson.object().put("_type", "targets").setAll(said), version, expires);
    }

    /**
     * Of these targets files.
     *
     * @param before what a file that is listed once must go on being listed as (5.5.5), though its team is gone
     */
    static SignedFile snapshot(List<SignedFile> targets, Optional<SignedFile> before, long version, Instant expires) {
        ObjectNode role = StrictJson.object().put("_type", "snapshot");
        ObjectNode meta = role.putObject("meta");
        before.ifPresent(
                each -> each.signed().path("meta").properties().forEach(old -> meta.set(old.getKey(), old.getValue())));
        targets.forEach(each -> meta.set(each.role() + ".json", fileInfo(each)));
        return complete("snapshot", role, version, expires);
    }

    /** With {@code issued}, by which gateways keep their clocks from lagging behind. */
    static SignedFile timestamp(SignedFile snapshot, long version, Instant now, Instant expires) {
        ObjectNode role = StrictJson.object().put("_type", "timestamp").put("issued", seconds(now));
        role.putObject("meta").set("snapshot.json", fileInfo(snapshot));
        return complete("timestamp", role, version, expires);
    }

    private static SignedFile complete(String name, ObjectNode role, long version, Instant expires) {
        role.put("spec_version", "1.0.34").put("version", version).put("expires", seconds(expires));
        return new SignedFile(name, role);
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
