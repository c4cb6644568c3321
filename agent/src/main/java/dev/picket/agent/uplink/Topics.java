package dev.picket.agent.uplink;

import dev.picket.agent.config.GatewayConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * The topics of one gateway, all under {@code picket/v1/{site}/{gateway}}.
 *
 * <p>Names are 1 to 64 bytes without {@code / + # $} or control characters, and not one of the words that stand in a
 * gateway's place in a topic; so a name can never make a topic mean another one.
 */
public final class Topics {
    public static final String REPLY_PREFIX = "picket/v1/console/reply/";

    private static final int MAX_NAME_BYTES = 64;
    private static final Set<String> RESERVED = Set.of("all", "rollout", "console");

    private final String site;
    private final String root;

    public Topics(GatewayConfig gateway) {
        this.site = "picket/v1/" + checkedName("gateway.site", gateway.site());
        this.root = site + "/" + checkedName("gateway.name", gateway.name());
    }

    /**
     * Gives the name back when it may stand in a topic.
     *
     * @param what where the name comes from, for the message
     * @throws IllegalArgumentException with one sentence when it may not
     */
    public static String checkedName(String what, String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "%s is %d bytes long; a name has 1 to %d bytes".formatted(what, bytes, MAX_NAME_BYTES));
        }
        name.codePoints().filter(Topics::forbidden).findFirst().ifPresent(c -> {
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

    public String root() {
        return root;
    }

    public String verdict(String source) {
        return root + "/verdict/" + checkedName("source", source);
    }

    public String escalation(String source) {
        return root + "/escalation/" + checkedName("source", source);
    }

    public String status() {
        return root + "/status";
    }

    public String report() {
        return root + "/report";
    }

    /** What the gateway subscribes to for its commands: those to itself, and those to all of its site. */
    public List<String> commandFilters() {
        return List.of(root + "/command/+", site + "/all/command/+");
    }

    /** The verb of a command topic, the empty string for any other topic. */
    public String verb(String topic) {
        for (String start : List.of(root + "/command/", site + "/all/command/")) {
            if (topic.startsWith(start)) {
                return topic.substring(start.length());
            }
        }
        return "";
    }
}
