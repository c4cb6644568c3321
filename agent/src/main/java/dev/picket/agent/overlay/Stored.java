package dev.picket.agent.overlay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where what the console has sent stands; one file, replaced whole.
 *
 * @param overlay the last one that was kept; empty where none was
 * @param candidate what is tried; null but while {@link Phase#PENDING}
 * @param starts how often the agent was started with the candidate
 * @param order the command that brought the candidate, or brought it last; empty before the first
 * @param detail one sentence for people
 */
public record Stored(
        Phase phase, ObjectNode overlay, @Nullable ObjectNode candidate, int starts, String order, String detail) {
    static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DETAIL = 4_000;

    /** How the last change stands. */
    public enum Phase {
        /** Nothing was ever sent. */
        NONE,
        /** In force, and taken back unless the agent is ready and connected in time. */
        PENDING,
        KEPT,
        /** The one before is in force again. */
        RETURNED,
        /** What was stored could not be used at start-up; the files alone are in force. */
        SET_ASIDE;

        /** The name in JSON and in the report: lower case with hyphens. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    static Stored none() {
        return new Stored(Phase.NONE, StrictJson.object(), null, 0, "", "");
    }

    static Stored setAside(String detail) {
        return new Stored(Phase.SET_ASIDE, StrictJson.object(), null, 0, "", bounded(detail));
    }

    /** What is in force besides the files. */
    public ObjectNode inForce() {
        return candidate == null ? overlay : candidate;
    }

    boolean pending() {
        return candidate != null;
    }

    Stored propose(ObjectNode next, String by) {
        return new Stored(Phase.PENDING, overlay, next, 0, by, "waits to be confirmed");
    }

    Stored begun() {
        return new Stored(phase, overlay, candidate, starts + 1, order, detail);
    }

    Stored keep() {
        return new Stored(Phase.KEPT, inForce(), null, 0, order, "confirmed");
    }

    Stored giveBack(String why) {
        return new Stored(Phase.RETURNED, overlay, null, 0, order, bounded(why));
    }

    static Stored parse(byte[] bytes) throws RejectedException {
        if (bytes.length > MAX_BYTES) {
            throw new RejectedException(Reason.TOO_LARGE, "the file has more than " + MAX_BYTES + " bytes");
        }
        Fields fields = StrictJson.parse("configuration.json", bytes);
        fields.number("format", 1, 1);
        String name = fields.text("phase");
        Phase phase = Arrays.stream(Phase.values())
                .filter(each -> each.wireName().equals(name))
                .findFirst()
                .orElseThrow(() -> fields.fault("phase", "one of none, pending, kept, returned, set-aside"));
        if (fields.has("candidate") != (phase == Phase.PENDING)) {
            throw fields.fault("candidate", "there while pending, and only then");
        }
        return new Stored(
                phase,
                fields.object("overlay").node(),
                phase == Phase.PENDING ? fields.object("candidate").node() : null,
                (int) fields.number("starts", 0, Integer.MAX_VALUE),
                fields.text("order"),
                fields.text("detail"));
    }

    byte[] toBytes() {
        ObjectNode json = StrictJson.object()
                .put("format", 1)
                .put("phase", phase.wireName())
                .put("starts", starts)
                .put("order", order)
                .put("detail", detail);
        json.set("overlay", overlay);
        json.set("candidate", candidate);
        return StrictJson.pretty(json);
    }

    private static String bounded(String sentence) {
        return sentence.length() <= MAX_DETAIL ? sentence : sentence.substring(0, MAX_DETAIL);
    }
}
