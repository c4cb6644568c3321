package dev.picket.ota.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One public key whose holder may order gateways about: a JWK (RFC 7517, 8037) with two members of ours.
 *
 * <pre>
 *   {"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid","x","verbs":[…],"sites":[…]}
 * </pre>
 *
 * @param kid what a command's header names
 * @param publicHex the raw key, 64 hex digits
 * @param verbs what its holder may ask
 * @param sites where; {@link #EVERY_SITE} alone is every site
 */
public record CommandJwk(String kid, String publicHex, List<String> verbs, List<String> sites) {
    public static final String EVERY_SITE = "*";

    private static final int RAW_PUBLIC_BYTES = 32;
    private static final int MOST_VERBS = 64;
    private static final int MOST_SITES = 1_000;
    private static final int MAX_NAME = 64;
    /** What stands before an Ed25519 key's 32 bytes in an X.509 SubjectPublicKeyInfo (RFC 8410). */
    private static final String ED25519_PREFIX = "302a300506032b6570032100";

    private static final Pattern KID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern VERB = Pattern.compile("[a-z][a-z-]{0,31}");
    private static final Pattern SITE = Pattern.compile("[^/+#$\\p{Cntrl}]{1,64}");

    public CommandJwk {
        verbs = List.copyOf(verbs);
        sites = List.copyOf(sites);
    }

    /** Whether its holder may ask that of gateways there. */
    public boolean allows(String verb, String site) {
        return verbs.contains(verb) && (sites.contains(EVERY_SITE) || sites.contains(site));
    }

    /** Whether the signature is this key's over the message; false as well for what cannot be read. */
    public boolean verifies(byte[] message, byte[] signature) {
        try {
            byte[] encoded = HexFormat.of().parseHex(ED25519_PREFIX + publicHex);
            PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            // A signature of a form that cannot be read is none.
            return false;
        }
    }

    /** The document that {@link #parse} reads. */
    public ObjectNode toJson() {
        byte[] raw = HexFormat.of().parseHex(publicHex);
        ObjectNode json = StrictJson.object()
                .put("kty", "OKP")
                .put("crv", "Ed25519")
                .put("use", "sig")
                .put("alg", "EdDSA")
                .put("kid", kid)
                .put("x", Base64.getUrlEncoder().withoutPadding().encodeToString(raw));
        ArrayNode asked = json.putArray("verbs");
        verbs.forEach(asked::add);
        ArrayNode where = json.putArray("sites");
        sites.forEach(where::add);
        return json;
    }

    /** Whether it is a key of the one kind that signs commands; another kind is a later agent's, and none of ours. */
    static boolean isOurKind(Fields fields) {
        return fields.node().path("kty").asText().equals("OKP")
                && fields.node().path("crv").asText().equals("Ed25519");
    }

    /**
     * Reads one of our kind.
     *
     * @throws RejectedException MALFORMED, with the field
     */
    static CommandJwk parse(Fields fields) throws RejectedException {
        if (fields.has("d")) {
            throw fields.fault(
                    "d", "absent: it is the private half of the key; make a new key and keep this one's secret");
        }
        optional(fields, "alg", "EdDSA");
        optional(fields, "use", "sig");
        return new CommandJwk(
                matching(fields, "kid", fields.text("kid", MAX_NAME), KID, "1 to 64 of a-z, A-Z, 0-9, dot, - and _"),
                publicHex(fields),
                listed(fields, "verbs", MOST_VERBS, VERB, "a list of verbs such as install"),
                listed(fields, "sites", MOST_SITES, SITE, "a list of sites, or [\"*\"] for all"));
    }

    private static void optional(Fields fields, String field, String only) throws RejectedException {
        if (fields.has(field) && !fields.text(field).equals(only)) {
            throw fields.fault(field, only);
        }
    }

    private static String publicHex(Fields fields) throws RejectedException {
        try {
            byte[] raw = Base64.getUrlDecoder().decode(fields.text("x", MAX_NAME));
            if (raw.length == RAW_PUBLIC_BYTES) {
                return HexFormat.of().formatHex(raw);
            }
        } catch (IllegalArgumentException _) {
            // Said below.
        }
        throw fields.fault("x", "the 32 bytes of an Ed25519 key in base64url");
    }

    private static List<String> listed(Fields fields, String field, int most, Pattern pattern, String mustBe)
            throws RejectedException {
        List<String> all = fields.texts(field, most);
        if (all.isEmpty()) {
            throw fields.fault(field, mustBe);
        }
        for (String each : all) {
            matching(fields, field, each, pattern, mustBe);
        }
        return all;
    }

    private static String matching(Fields fields, String field, String value, Pattern pattern, String mustBe)
            throws RejectedException {
        if (!pattern.matcher(value).matches()) {
            throw fields.fault(field, mustBe);
        }
        return value;
    }
}
