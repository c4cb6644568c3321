package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * A token in compact form (RFC 7515, 7.1), taken apart and not yet believed.
 *
 * <pre>
 *   BASE64URL(header) "." BASE64URL(payload) "." BASE64URL(signature)
 *   header   {"alg":"EdDSA","kid":…[,"typ":…]} and nothing else: no key of its own, no address of one, no extension
 * </pre>
 *
 * Base64url in its one form only, without padding and with the unused bits zero, so no other text means the same token.
 *
 * @param keyId the key that it says has signed it
 * @param signed what the signature is over
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
record Jws(String keyId, byte[] payload, byte[] signed, byte[] signature) {
    private static final int PARTS = 3;
    private static final int SIGNATURE_BYTES = 64;
    private static final int MAX_HEADER_BYTES = 1_024;
    private static final int MAX_KEY_ID = 64;
    private static final Set<String> HEADER = Set.of("alg", "kid", "typ");

    /** Takes it apart: steps 1 and 2 of {@link Verification}. */
    static Jws parse(byte[] token) throws RefusedException {
        String text = new String(token, StandardCharsets.ISO_8859_1);
        String[] parts = text.split("\\.", PARTS + 1);
        if (parts.length != PARTS) {
            throw malformed("it has not three parts");
        }
        byte[] signature = decode(parts[2], "its signature");
        if (signature.length != SIGNATURE_BYTES) {
            throw malformed("its signature has not 64 bytes");
        }
        byte[] signed = Arrays.copyOf(token, parts[0].length() + 1 + parts[1].length());
        return new Jws(keyId(decode(parts[0], "its header")), decode(parts[1], "its payload"), signed, signature);
    }

    private static String keyId(byte[] header) throws RefusedException {
        if (header.length > MAX_HEADER_BYTES) {
            throw malformed("its header has more than 1024 bytes");
        }
        try {
            Fields fields = StrictJson.parse("The header", header);
            for (String name : names(fields.node())) {
                if (!HEADER.contains(name)) {
                    throw malformed("its header has a member '" + name + "', and may have alg, kid and typ only");
                }
            }
            if (!fields.text("alg").equals("EdDSA")) {
                throw malformed("its alg is not EdDSA");
            }
            return fields.text("kid", MAX_KEY_ID);
        } catch (RejectedException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    private static Iterable<String> names(ObjectNode node) {
        return node::fieldNames;
    }

    private static byte[] decode(String part, String what) throws RefusedException {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(part);
            if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
                return bytes;
            }
        } catch (IllegalArgumentException _) {
            // Said below.
        }
        throw malformed(what + " is not base64url without padding");
    }

    private static RefusedException malformed(String why) {
        String sentence = "A signed command is a JWS in compact form; this is none: " + why + ".";
        return new RefusedException(Refusal.Reason.BAD_TOKEN, 400, sentence);
    }
}
