package dev.picket.models.wrap;

import com.fasterxml.jackson.databind.JsonNode;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.Wiring;
import dev.picket.inference.engine.GraphSignature;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds in a graph what is what: by the names that GenAI's configuration gives, else by those that both tools use. What it
 * does not know stays unfed, and the graph's check says so.
 */
final class WiringFinder {
    private static final List<Wiring.Layered> PASTS =
            List.of(new Wiring.Layered("past_key_values.%d.key", "past_key_values.%d.value"));
    private static final List<Wiring.Layered> PRESENTS = List.of(
            new Wiring.Layered("present.%d.key", "present.%d.value"),
            new Wiring.Layered("present_key_values.%d.key", "present_key_values.%d.value"));
    private static final List<String> HIDDEN = List.of("hidden_states", "last_hidden_state", "hidden");

    private final String file;
    private final GraphSignature signature;
    private final ForeignConfig config;
    private final List<String> renamed;

    /** @param renamed labels in place of {@code id2label}'s; empty to take those */
    WiringFinder(String file, GraphSignature signature, ForeignConfig config, List<String> renamed) {
        this.file = file;
        this.signature = signature;
        this.config = config;
        this.renamed = renamed;
    }

    /** The whole description of the graph. */
    BaseManifest.Graph find() throws BadArtefactException {
        JsonNode in = config.decoder().path("inputs");
        JsonNode out = config.decoder().path("outputs");
        Wiring.Layered past = layered(signature.inputs(), named(in, "past_key_names", "past_value_names"), PASTS);
        Wiring.Layered present =
                layered(signature.outputs(), named(out, "present_key_names", "present_value_names"), PRESENTS);
        if ((past == null) != (present == null)) {
            throw new BadArtefactException(file + " has keys and values as "
                    + (past == null ? "outputs, but not as inputs" : "inputs, but not as outputs")
                    + "; export it with both or with neither.");
        }
        Wiring.Inputs inputs = new Wiring.Inputs(
                in.path("input_ids").asText("input_ids"),
                input(in.path("attention_mask").asText("attention_mask")),
                input(in.path("position_ids").asText("position_ids")),
                input("token_type_ids"),
                input("logit_positions"),
                signature.inputs().containsKey("num_logits_to_keep") ? "num_logits_to_keep" : input("logits_to_keep"),
                past);
        Wiring.Outputs outputs = new Wiring.Outputs(
                output(out.path("logits").asText("logits")),
                HIDDEN.stream()
                        .filter(signature.outputs()::containsKey)
                        .findFirst()
                        .orElse(null),
                present);
        requireScores(outputs);
        List<String> labels = labels(outputs.logits());
        boolean last = config.isDecoder() || past != null;
        return graph(new Wiring(file, last ? Wiring.Answer.LAST : Wiring.Answer.FIRST, inputs, outputs, labels));
    }

    private BaseManifest.Graph graph(Wiring wiring) throws BadArtefactException {
        int layers = 0;
        int heads = 0;
        int headSize = 0;
        Wiring.Layered past = wiring.inputs().past();
        if (past != null) {
            layers = (int) IntStream.iterate(0, i -> i + 1)
                    .takeWhile(i -> signature.inputs().containsKey(past.key(i)))
                    .count();
            List<Long> dims =
                    Objects.requireNonNull(signature.inputs().get(past.key(0))).dims();
            heads = fixed(past.key(0), dims, 1, 4);
            headSize = fixed(past.key(0), dims, 3, 4);
        }
        String hidden = wiring.outputs().hidden();
        int hiddenSize = hidden == null ? 0 : width(hidden);
        return new BaseManifest.Graph(
                BaseManifest.WIRED, layers, heads, headSize, hiddenSize, vocabulary(wiring), List.of(), wiring);
    }

    private int vocabulary(Wiring wiring) throws BadArtefactException {
        String logits = wiring.outputs().logits();
        if (logits != null && wiring.labels().isEmpty() && last(logits) > 0) {
            return last(logits);
        }
        return config.vocabularySize()
                .orElseThrow(() -> new BadArtefactException(
                        config.folder() + " does not say how many tokens the model knows; put vocab_size into "
                                + ForeignConfig.CONFIG + "."));
    }

    private void requireScores(Wiring.Outputs outputs) throws BadArtefactException {
        if (outputs.logits() == null && outputs.hidden() == null) {
            throw new BadArtefactException(file + " gives "
                    + signature.outputs().keySet() + "; 'logits', or one of " + HIDDEN + ", was expected.");
        }
    }

    /** Two dimensions are a classification of the text, three are logits of each token. */
    private List<String> labels(@Nullable String logits) throws BadArtefactException {
        if (logits == null) {
            return requireUnnamed("it has no logits");
        }
        GraphSignature.Tensor tensor =
                Objects.requireNonNull(signature.outputs().get(logits));
        if (tensor.dims().size() != 2 || signature.inputs().containsKey("logit_positions")) {
            if (!config.isDecoder()) {
                throw new BadArtefactException(file + ": the output '" + logits + "' is " + tensor.shown()
                        + " of a " + config.architecture()
                        + ", which says nothing about the whole text; a classification [1, labels] or a causal"
                        + " language model was expected.");
            }
            return requireUnnamed("its logits are over tokens");
        }
        List<String> names = renamed.isEmpty() ? config.labels() : renamed;
        int width = last(logits);
        if (names.isEmpty() && width > 1) {
            // Hugging Face writes id2label only where it differs from this.
            names = IntStream.range(0, width).mapToObj(i -> "LABEL_" + i).toList();
        }
        if (names.size() < 2 || (width > 0 && names.size() != width)) {
            throw new BadArtefactException(file + ": the output '" + logits + "' is " + tensor.shown()
                    + ", the labels are " + names + "; two or more labels, one a number, were expected.");
        }
        return names;
    }

    private List<String> requireUnnamed(String why) throws BadArtefactException {
        if (!renamed.isEmpty()) {
            throw new BadArtefactException(file + " takes no labels, for " + why + "; leave --label out.");
        }
        return List.of();
    }

    private @Nullable String input(String name) {
        return signature.inputs().containsKey(name) ? name : null;
    }

    private @Nullable String output(String name) {
        return signature.outputs().containsKey(name) ? name : null;
    }

    private static Wiring.@Nullable Layered named(JsonNode names, String key, String value) {
        boolean both = names.path(key).isTextual() && names.path(value).isTextual();
        return both
                ? new Wiring.Layered(
                        names.path(key).textValue(), names.path(value).textValue())
                : null;
    }

    private static Wiring.@Nullable Layered layered(
            Map<String, GraphSignature.Tensor> there, Wiring.@Nullable Layered told, List<Wiring.Layered> usual) {
        if (told != null && there.containsKey(told.key(0)) && there.containsKey(told.value(0))) {
            return told;
        }
        return usual.stream()
                .filter(names -> there.containsKey(names.key(0)) && there.containsKey(names.value(0)))
                .findFirst()
                .orElse(null);
    }

    private int width(String output) throws BadArtefactException {
        int width = last(output);
        JsonNode size = config.config().path("hidden_size");
        JsonNode told = size.isInt() ? size : config.decoder().path("hidden_size");
        if (width < 0 && !told.isInt()) {
            throw new BadArtefactException(file + ": the output '" + output + "' is "
                    + Objects.requireNonNull(signature.outputs().get(output)).shown()
                    + ", and no configuration says hidden_size.");
        }
        return width < 0 ? told.intValue() : width;
    }

    private int last(String output) {
        List<Long> dims =
                Objects.requireNonNull(signature.outputs().get(output)).dims();
        return dims.isEmpty() ? 0 : Math.toIntExact(dims.getLast());
    }

    private int fixed(String input, List<Long> dims, int at, int rank) throws BadArtefactException {
        if (dims.size() != rank || dims.get(at) < 1) {
            throw new BadArtefactException(file + ": the input '" + input + "' is "
                    + Objects.requireNonNull(signature.inputs().get(input)).shown()
                    + ", [1, heads, any, head size] with fixed heads and head size was expected.");
        }
        return Math.toIntExact(dims.get(at));
    }
}
