package dev.picket.agent.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.uplink.Topics;
import dev.picket.ota.repository.KeyFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests. A signed one carries a JWS in its compact form (RFC 7515, 8037) as its payload:
 *
 * <pre>
 *   {"alg":"EdDSA","kid":…} . {"verb","params","aud":"{site}/{gateway}" or "{site}/*","iat","exp","jti"} . signature
 * </pre>
 */
public final class Orders {
    private static final Set<String> UNSIGNED = Set.of("ping", "status", "report");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int REPLY_NAME_BYTES = 8;
    private static final int CORRELATION_BYTES = 16;

    private final Target target;
    private final Clock clock;
    private final String responseTopic = Topics.REPLY_PREFIX + ConsoleLink.random(REPLY_NAME_BYTES);

    public Orders(Target target, Clock clock) {
        this.target = target;
        this.clock = clock;
    }

    /** Whether gateways do it for anybody that the broker lets write. */
    public static boolean isUnsigned(String verb) {
        return UNSIGNED.contains(verb);
    }

    /**
     * A new request.
     *
     * @param key signs it; null for a verb that needs no signature
     * @param expires how long gateways may still take it
     */
    public Order of(String verb, ObjectNode params, @Nullable KeyFile key, Duration expires) {
        byte[] correlation = HexFormat.of().parseHex(ConsoleLink.random(CORRELATION_BYTES));
        byte[] payload;
        if (key == null) {
            payload = params.isEmpty() ? new byte[0] : bytes(params);
        } else {
            payload = jws(key, claims(verb, params, expires));
        }
        return new Order(target.commandTopic(verb), payload, responseTopic, correlation, expires.toSeconds());
    }

    private ObjectNode claims(String verb, ObjectNode params, Duration expires) {
        Instant now = clock.instant();
        ObjectNode claims = JSON.createObjectNode().put("verb", verb);
        claims.set("params", params);
        return claims.put("aud", target.audience())
                .put("iat", now.getEpochSecond())
                .put("exp", now.plus(expires).getEpochSecond())
                .put("jti", ConsoleLink.random(CORRELATION_BYTES));
    }

    /** Signed claims, as the wire has them. */
    public static byte[] jws(KeyFile key, ObjectNode claims) {
        ObjectNode header = JSON.createObjectNode().put("alg", "EdDSA").put("kid", key.role());
        String signed = base64(bytes(header)) + "." + base64(bytes(claims));
        String token = signed + "." + base64(key.key().signature(signed.getBytes(StandardCharsets.US_ASCII)));
        return token.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(JsonNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
