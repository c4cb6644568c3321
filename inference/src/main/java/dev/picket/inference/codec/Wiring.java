package dev.picket.inference.codec;

import dev.picket.inference.BadArtefactException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * By which names a graph is fed and read. Graphs of {@link BaseManifest#CONTRACT} all have {@link #OURS}; for one made
 * elsewhere {@code base.json} says it, as {@code workshop wrap} found it in the graph.
 *
 * @param file the graph's file, listed in the manifest
 * @param answer the token whose row answers, where the graph gives a row a token
 * @param labels of the graph's own classification, in the order of its logits; empty where the logits are over the
 *     vocabulary
 */
public record Wiring(String file, Answer answer, Inputs inputs, Outputs outputs, List<String> labels) {
    static final String LAYER = "%d";
    private static final int NAME_CHARACTERS = 256;
    private static final int MAX_LABELS = 256;

    /** Of the graphs that the workshop exports (the design, 4.2). */
    public static final Wiring OURS = new Wiring(
            "model.onnx",
            Answer.LAST,
            new Inputs(
                    "input_ids",
                    "attention_mask",
                    null,
                    null,
                    "logit_positions",
                    null,
                    new Layered("past_key_values.%d.key", "past_key_values.%d.value")),
            new Outputs("logits", "hidden", new Layered("present.%d.key", "present.%d.value")),
            List.of());

    public Wiring {
        labels = List.copyOf(labels);
    }

    /** Which token's row answers: the last of a decoder, the first of an encoder ({@code [CLS]}). */
    public enum Answer {
        LAST,
        FIRST;

        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Names of inputs; null for what the graph does not take.
     *
     * @param ids token ids [1, s]
     * @param mask ones [1, past + s]
     * @param positions past … past + s - 1, [1, s]
     * @param types zeros [1, s]
     * @param asked places of the rows that are wanted, [n]
     * @param kept how many rows are wanted, from the last one backwards
     * @param past keys and values [1, heads, past, head]
     */
    public record Inputs(
            String ids,
            @Nullable String mask,
            @Nullable String positions,
            @Nullable String types,
            @Nullable String asked,
            @Nullable String kept,
            @Nullable Layered past) {}

    /**
     * Names of outputs; null for what the graph does not give.
     *
     * @param logits over the vocabulary or the labels
     * @param hidden the state after the final norm
     * @param present keys and values [1, heads, past + s, head]
     */
    public record Outputs(
            @Nullable String logits,
            @Nullable String hidden,
            @Nullable Layered present) {}

    /** Names with {@code %d} where the layer's number stands. */
    public record Layered(String key, String value) {
        public String key(int layer) {
            return key.replace(LAYER, Integer.toString(layer));
        }

        public String value(int layer) {
            return value.replace(LAYER, Integer.toString(layer));
        }
    }

    static Wiring parse(Fields fields) throws BadArtefactException {
        Wiring wiring = new Wiring(
                fields.text("file", 128),
                answer(fields),
                inputs(fields.object("inputs")),
                outputs(fields.object("outputs")),
                fields.has("labels") ? fields.texts("labels", MAX_LABELS, NAME_CHARACTERS) : List.of());
        if ((wiring.inputs.past == null) != (wiring.outputs.present == null)) {
            throw fields.fault("inputs.past", "and outputs.present go together, but only one is named");
        }
        if (wiring.outputs.logits == null && wiring.outputs.hidden == null) {
            throw fields.fault("outputs", "names neither logits nor hidden, so nothing could be scored");
        }
        Set<String> labels = new HashSet<>(wiring.labels);
        if (wiring.labels.size() == 1 || labels.size() < wiring.labels.size()) {
            throw fields.fault("labels", "must be two or more different names, or none");
        }
        fields.end();
        return wiring;
    }

    private static Answer answer(Fields fields) throws BadArtefactException {
        String name = fields.text("answer", 16);
        for (Answer answer : Answer.values()) {
            if (answer.wireName().equals(name)) {
                return answer;
            }
        }
        throw fields.fault("answer", "must be 'last' or 'first'");
    }

    private static Inputs inputs(Fields fields) throws BadArtefactException {
        Inputs inputs = new Inputs(
                fields.text("ids", NAME_CHARACTERS),
                name(fields, "mask"),
                name(fields, "positions"),
                name(fields, "types"),
                name(fields, "asked"),
                name(fields, "kept"),
                layered(fields, "past"));
        fields.end();
        return inputs;
    }

    private static Outputs outputs(Fields fields) throws BadArtefactException {
        Outputs outputs = new Outputs(name(fields, "logits"), name(fields, "hidden"), layered(fields, "present"));
        fields.end();
        return outputs;
    }

    private static @Nullable String name(Fields fields, String key) throws BadArtefactException {
        return fields.has(key) ? fields.text(key, NAME_CHARACTERS) : null;
    }

    private static @Nullable Layered layered(Fields fields, String key) throws BadArtefactException {
        if (!fields.has(key)) {
            return null;
        }
        Fields pair = fields.object(key);
        Layered layered = new Layered(
                pair.text("key", NAME_CHARACTERS, Wiring::namesALayer, "a name with one %d"),
                pair.text("value", NAME_CHARACTERS, Wiring::namesALayer, "a name with one %d"));
        pair.end();
        return layered;
    }

    private static boolean namesALayer(String name) {
        int at = name.indexOf(LAYER);
        return at >= 0 && name.indexOf(LAYER, at + 1) < 0;
    }
}
