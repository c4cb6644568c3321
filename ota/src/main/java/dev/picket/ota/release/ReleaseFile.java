package dev.picket.ota.release;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;

/**
 * One file of a release.
 *
 * @param name a plain name without folders
 * @param length in bytes
 * @param sha256 lower-case hex; the file lies at {@code blobs/{sha256}}
 */
public record ReleaseFile(String name, long length, String sha256) {
    static ReleaseFile parse(Fields file, long maxBytes) throws RejectedException {
        return new ReleaseFile(Names.file(file, "name"), file.number("length", 0, maxBytes), file.sha256("sha256"));
    }

    ObjectNode toJson() {
        return StrictJson.object().put("name", name).put("length", length).put("sha256", sha256);
    }
}
