package dev.picket.agent.rollout;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.commands.CommandKeys;
import dev.picket.agent.commands.RefusedException;
import dev.picket.agent.config.TopicName;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.Channel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a rollout's token says, none more and none less:
 *
 * <pre>
 *   {"verb":"rollout","aud":"{site}/*","iat":SECONDS,"id","revision","set":"factory/7","state","percent",
 *    "notAfter":SECONDS[,"groups":[…]][,"window":{"from":"22:00","to":"05:00"[,"zone"]}][,"downgrade":true]}
 * </pre>
 *
 * @param audience whose gateways it is for
 */
public record Claims(String audience, Instant issuedAt, Rollout rollout) {
    /** The verb that a key must be allowed to ask, and no command has. */
    public static final String VERB = "rollout";

    private static final int MAX_NAME = 64;
    private static final int MAX_TOKEN = 1 << 20;
    private static final int MAX_SET = 256;
    private static final int MAX_GROUPS = 64;
    private static final long LAST_SECOND = 253_402_300_799L;
    private static final List<String> TAKEN = List.of("status", "report", "dropped");
    private static final String[] KNOWN = {
        "verb", "aud", "iat", "id", "revision", "set", "state", "percent", "notAfter", "groups", "window", "downgrade"
    };

    /** @throws RejectedException MALFORMED, with the member */
    public static Claims parse(byte[] payload) throws RejectedException {
        Fields fields = StrictJson.parse("The payload", payload);
        noOthers(fields, KNOWN);
        if (!fields.text("verb", MAX_NAME).equals(VERB)) {
            throw fields.fault("verb", VERB);
        }
        Rollout rollout = new Rollout(
                id(fields),
                fields.number("revision", 1, Long.MAX_VALUE),
                set(fields),
                groups(fields),
                (int) fields.number("percent", 0, 100),
                state(fields),
                fields.has("window") ? Window.parse(fields.object("window")) : null,
                Instant.ofEpochSecond(fields.number("notAfter", 0, LAST_SECOND)),
                fields.has("downgrade") && fields.flag("downgrade"));
        Instant issued = Instant.ofEpochSecond(fields.number("iat", 0, LAST_SECOND));
        return new Claims(fields.text("aud", MAX_NAME + 2), issued, rollout);
    }

    /** Every rule by which a gateway of that site takes it, for whoever looks at it elsewhere. */
    public static Rollout verify(String site, String id, byte[] token, CommandKeys keys, Instant now)
            throws RefusedException {
        return new RolloutRules(site, keys, MAX_TOKEN).verify(id, token, now, Instant.MIN);
    }

    public ObjectNode toJson() {
        ObjectNode json = StrictJson.object()
                .put("verb", VERB)
                .put("aud", audience)
                .put("iat", issuedAt.getEpochSecond())
                .put("id", rollout.id())
                .put("revision", rollout.revision())
                .put("set", rollout.set())
                .put("state", rollout.state().wireName())
                .put("percent", rollout.percent())
                .put("notAfter", rollout.notAfter().getEpochSecond());
        if (!rollout.groups().isEmpty()) {
            ArrayNode groups = json.putArray("groups");
            rollout.groups().stream().sorted().forEach(groups::add);
        }
        @Nullable Window window = rollout.window();
        if (window != null) {
            json.set("window", window.toJson());
        }
        if (rollout.downgrade()) {
            json.put("downgrade", true);
        }
        return json;
    }

    static void noOthers(Fields fields, String... known) throws RejectedException {
        Set<String> all = Set.of(known);
        for (Iterator<String> names = fields.node().fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!all.contains(name)) {
                throw fields.fault(name, "absent: this agent does not know it");
            }
        }
    }

    /** None that would make the rollout's topic one that a gateway writes: {@code picket/v1/{site}/{gateway}/status}. */
    private static String id(Fields fields) throws RejectedException {
        String id = name(fields, "id", fields.text("id", MAX_NAME));
        if (TAKEN.contains(id)) {
            throw fields.fault("id", "none of " + TAKEN);
        }
        return id;
    }

    private static String name(Fields fields, String field, String name) throws RejectedException {
        try {
            return TopicName.checked(field, name);
        } catch (IllegalArgumentException _) {
            throw fields.fault(field, "a name of 1 to 64 bytes without / + # $");
        }
    }

    private static String set(Fields fields) throws RejectedException {
        String set = fields.text("set", MAX_SET);
        if (!Channel.isSetPath(Rollout.path(set))) {
            throw fields.fault("set", "the label of a Set such as factory/7");
        }
        return set;
    }

    private static Set<String> groups(Fields fields) throws RejectedException {
        List<String> all = new ArrayList<>();
        if (fields.has("groups")) {
            for (String each : fields.texts("groups", MAX_GROUPS)) {
                all.add(name(fields, "groups", each));
            }
        }
        return Set.copyOf(new LinkedHashSet<>(all));
    }

    private static Rollout.State state(Fields fields) throws RejectedException {
        String name = fields.text("state", MAX_NAME);
        for (Rollout.State each : Rollout.State.values()) {
            if (each.wireName().equals(name)) {
                return each;
            }
        }
        throw fields.fault("state", "active, paused, aborted or done");
    }
}
