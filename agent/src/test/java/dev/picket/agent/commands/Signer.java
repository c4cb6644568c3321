package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.CommandJwk;
import dev.picket.ota.release.CommandJwks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** A console's key, and tokens signed with it as RFC 7515 says. */
public final class Signer {
    private static final int RAW_PUBLIC_BYTES = 32;
    private static final List<String> VERBS = List.of(
            "configure",
            "diagnose",
            "feedback",
            "install",
            "pause",
            "resend",
            "restart",
            "resume",
            "rollout",
            "effect");

    private final KeyPair pair;
    private final String keyId;

    public Signer(String keyId) throws Exception {
        this.pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        this.keyId = keyId;
    }

    public CommandJwk jwk(List<String> verbs, List<String> sites) {
        byte[] encoded = pair.getPublic().getEncoded();
        String hex = HexFormat.of().formatHex(encoded, encoded.length - RAW_PUBLIC_BYTES, encoded.length);
        return new CommandJwk(keyId, hex, verbs, sites);
    }

    /** Makes this key the one that an agent with this data folder knows when it starts. */
    public Signer knownIn(Path data) throws Exception {
        Files.createDirectories(data.resolve("updates"));
        CommandJwks keys = new CommandJwks(List.of(jwk(VERBS, List.of("plant"))), 0);
        Files.write(data.resolve("updates/command-keys.json"), StrictJson.pretty(keys.toJson()));
        return this;
    }

    /** The claims of a command that is right for the tests' gateway now. */
    public static ObjectNode claims(String verb, String id) {
        return claims(verb, id, Instant.now());
    }

    static ObjectNode claims(String verb, String id, Instant now) {
        ObjectNode claims = StrictJson.object().put("verb", verb);
        claims.putObject("params");
        return claims.put("aud", "plant/press-4")
                .put("iat", now.getEpochSecond())
                .put("exp", now.getEpochSecond() + 300)
                .put("jti", id);
    }

    public byte[] sign(ObjectNode claims) throws Exception {
        return sign("{\"alg\":\"EdDSA\",\"kid\":\"" + keyId + "\"}", claims.toString());
    }

    /** Signs what may be no claims at all. */
    public byte[] signText(String payload) throws Exception {
        return sign("{\"alg\":\"EdDSA\",\"kid\":\"" + keyId + "\"}", payload);
    }

    byte[] sign(String header, String payload) throws Exception {
        String signed = encode(header.getBytes(StandardCharsets.UTF_8)) + "."
                + encode(payload.getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return (signed + "." + encode(signature.sign())).getBytes(StandardCharsets.US_ASCII);
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
