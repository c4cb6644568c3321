package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.CanonicalJson;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A metadata file of ours: what is signed, and the signatures so far, in hex by key id. Whose it is, its name says: of
 * teams the signed bytes do not.
 */
final class SignedFile {
    private static final int MOST_SIGNATURES = 1024;
    private static final Set<String> ROOT =
            Set.of("_type", "spec_version", "version", "expires", "consistent_snapshot", "keys", "roles");
    private static final Set<String> TARGETS =
            Set.of("_type", "spec_version", "version", "expires", "targets", "delegations");

    private final String role;
    private final ObjectNode signed;
    private final Map<String, String> signatures = new TreeMap<>();

    SignedFile(String role, ObjectNode signed) {
        this.role = role;
        this.signed = signed;
    }

    static SignedFile read(String role, Path file) throws RejectedException, IOException {
        return parse(role, StrictJson.parse(file.toString(), Files.readAllBytes(file)));
    }

    static SignedFile parse(String role, Fields file) throws RejectedException {
        SignedFile read = new SignedFile(role, file.object("signed").node());
        for (Fields each : file.objects("signatures", MOST_SIGNATURES)) {
            read.signatures.put(each.text("keyid"), each.text("sig"));
        }
        Fields signed = new Fields(file.where(), read.signed);
        String type = RootFile.ROLES.contains(role) ? role : "targets";
        if (!signed.text("_type", 16).equals(type)) {
            throw signed.fault("_type", type);
        }
        signed.number("version", 1, Long.MAX_VALUE);
        try {
            Instant.parse(signed.text("expires"));
        } catch (DateTimeParseException _) {
            throw signed.fault("expires", "an instant");
        }
        return read;
    }

    ObjectNode signed() {
        return signed;
    }

    Map<String, String> signatures() {
        return signatures;
    }

    /** {@code root}, {@code targets}, {@code snapshot}, {@code timestamp}, or a team's name. */
    String role() {
        return role;
    }

    /** As people call it: {@code root 2}. */
    String name() {
        return role + " " + version();
    }

    /** Refuses what this publisher does not write, and so a signer would not be told of. */
    void requireKnownFields() throws RejectedException {
        Fields fields = new Fields(name(), signed);
        if (!role.equals("root")) {
            fields.requireOnly(TARGETS);
            return;
        }
        fields.requireOnly(ROOT);
        if (!fields.flag("consistent_snapshot")) {
            throw fields.fault("consistent_snapshot", "true");
        }
        Fields roles = fields.object("roles");
        roles.requireOnly(Set.copyOf(RootFile.ROLES));
        for (String each : RootFile.ROLES) {
            roles.object(each).requireOnly(Set.of("keyids", "threshold"));
        }
    }

    long version() {
        return signed.path("version").asLong();
    }

    Instant expires() {
        return Instant.parse(signed.path("expires").asText());
    }

    void sign(SigningKey key) {
        signatures.put(key.id(), key.sign(message()));
    }

    /** The canonical bytes that signatures are over. */
    byte[] message() {
        return canonical(signed);
    }

    /** What two people compare before they sign: SHA-256 of {@link #message}. */
    String digest() {
        return Hashes.sha256(message());
    }

    ObjectNode toJson() {
        ObjectNode file = StrictJson.object();
        ArrayNode list = file.putArray("signatures");
        signatures.forEach((id, sig) -> list.addObject().put("keyid", id).put("sig", sig));
        file.set("signed", signed);
        return file;
    }

    byte[] bytes() {
        return StrictJson.pretty(toJson());
    }

    static byte[] canonical(ObjectNode json) {
        try {
            return CanonicalJson.encode(json);
        } catch (RejectedException e) {
            throw new IllegalStateException("Metadata of our own have a canonical form.", e);
        }
    }
}
