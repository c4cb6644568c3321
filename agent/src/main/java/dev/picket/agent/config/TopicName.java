package dev.picket.agent.config;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The rule of names that stand in topics: 1 to 64 bytes without {@code / + # $} or control characters, and not one of the
 * words that stand in a gateway's place in a topic; so a name can never make a topic mean another one.
 */
public final class TopicName {
    private static final int MAX_BYTES = 64;
    private static final Set<String> RESERVED = Set.of("all", "rollout", "console");

    private TopicName() {}

    /**
     * Gives the name back when it may stand in a topic.
     *
     * @param what whose name it is, for the message
     * @throws IllegalArgumentException with one sentence when it may not
     */
    public static String checked(String what, String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "%s is %d bytes long; a name has 1 to %d bytes".formatted(what, bytes, MAX_BYTES));
        }
        name.codePoints().filter(TopicName::forbidden).findFirst().ifPresent(c -> {
            throw new IllegalArgumentException(
                    "%s '%s' holds the character U+%04X; a name has none of / + # $ and no control characters"
                            .formatted(what, name, c));
        });
        if (RESERVED.contains(name)) {
            throw new IllegalArgumentException(
                    "%s is '%s', a word that topics use themselves; take another".formatted(what, name));
        }
        return name;
    }

    /** Lone surrogates and U+FFFE, U+FFFF are no characters that MQTT can carry, so they count as control characters. */
    private static boolean forbidden(int c) {
        return c == '/'
                || c == '+'
                || c == '#'
                || c == '$'
                || Character.isISOControl(c)
                || Character.getType(c) == Character.SURROGATE
                || (c & 0xFFFE) == 0xFFFE;
    }
}
