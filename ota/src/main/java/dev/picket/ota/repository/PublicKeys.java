package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.CanonicalJson;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.tuf.Key;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import java.util.Set;

/** The public half of a key as metadata list it. */
public final class PublicKeys {
    /** How the name of a public half ends. */
    public static final String ENDING = ".pub.json";

    private static final int PEM_LINE = 64;
    private static final int P256_BITS = 256;
    private static final Set<String> SCHEMES = Set.of("ed25519", "ecdsa-sha2-nistp256");

    private PublicKeys() {}

    /**
     * Reads the file that {@link #toJson} makes.
     *
     * @throws RejectedException MALFORMED, also for a scheme that this publisher does not sign with
     */
    public static Key parse(String what, byte[] bytes) throws RejectedException {
        return parse(StrictJson.parse(what, bytes));
    }

    static Key parse(Fields fields) throws RejectedException {
        Key key = new Key(
                fields.text("keytype"),
                fields.text("scheme"),
                fields.object("keyval").text("public"));
        if (!SCHEMES.contains(key.scheme())) {
            throw fields.fault("scheme", "ed25519 or ecdsa-sha2-nistp256");
        }
        return key;
    }

    public static ObjectNode toJson(Key key) {
        ObjectNode json = StrictJson.object().put("keytype", key.type()).put("scheme", key.scheme());
        json.putObject("keyval").put("public", key.publicValue());
        return json;
    }

    /** SHA-256 of the key's canonical JSON, as the reference implementation has it. */
    public static String id(Key key) {
        try {
            return Hashes.sha256(CanonicalJson.encode(toJson(key)));
        } catch (RejectedException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean isP256(ECPublicKey key) {
        return key.getParams().getOrder().bitLength() == P256_BITS;
    }

    /** A P-256 key in PEM. */
    static Key ofP256(ECPublicKey key) {
        String body = Base64.getMimeEncoder(PEM_LINE, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(key.getEncoded());
        return new Key(
                "ecdsa", "ecdsa-sha2-nistp256", "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n");
    }
}
