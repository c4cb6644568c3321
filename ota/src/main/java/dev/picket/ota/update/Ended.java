package dev.picket.ota.update;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Optional;

/**
 * How an update ended.
 *
 * @param set the Set's label, {@code factory/3}; empty when what was offered could not be trusted to name one
 * @param identity of the Set with the members it was taken with, or empty
 * @param step COMMITTED, REJECTED or ROLLED_BACK
 * @param reason empty for COMMITTED
 * @param sentence what was found, cut at 2,000 characters
 * @param order names the order that it was done by; empty where the channel named the Set
 */
public record Ended(
        String set, String identity, Step step, Optional<Reason> reason, String sentence, Instant at, String order) {
    private static final int MAX_SENTENCE = 2_000;

    public Ended {
        sentence = bounded(sentence);
    }

    /** Cut to what the state may hold: a longer one could be written, and not be read again. */
    static String bounded(String sentence) {
        if (sentence.length() <= MAX_SENTENCE) {
            return sentence;
        }
        boolean splits = Character.isHighSurrogate(sentence.charAt(MAX_SENTENCE - 1));
        return sentence.substring(0, splits ? MAX_SENTENCE - 1 : MAX_SENTENCE);
    }

    /** The same, as that order's. */
    Ended by(String anOrder) {
        return new Ended(set, identity, step, reason, sentence, at, anOrder);
    }

    /** Whether it is the same outcome again, told at another time. */
    boolean sameAs(Ended other) {
        return set.equals(other.set)
                && identity.equals(other.identity)
                && step == other.step
                && reason.equals(other.reason)
                && order.equals(other.order);
    }

    static Ended parse(Fields fields) throws RejectedException {
        return new Ended(
                fields.text("set"),
                fields.text("identity"),
                step(fields, "step"),
                fields.optionalText("reason").map(Reason::of),
                fields.text("sentence"),
                instant(fields, "at"),
                fields.optionalText("order").orElse(""));
    }

    ObjectNode toJson() {
        ObjectNode json = StrictJson.object()
                .put("set", set)
                .put("identity", identity)
                .put("step", step.wireName())
                .put("sentence", sentence)
                .put("at", at.toString());
        if (!order.isEmpty()) {
            json.put("order", order);
        }
        reason.ifPresent(each -> json.put("reason", each.wireName()));
        return json;
    }

    static Step step(Fields fields, String field) throws RejectedException {
        String name = fields.text(field);
        return Arrays.stream(Step.values())
                .filter(each -> each.wireName().equals(name))
                .findFirst()
                .orElseThrow(() -> fields.fault(field, "a step of an update"));
    }

    static Instant instant(Fields fields, String field) throws RejectedException {
        try {
            return Instant.parse(fields.text(field));
        } catch (DateTimeParseException _) {
            throw fields.fault(field, "an instant");
        }
    }
}
