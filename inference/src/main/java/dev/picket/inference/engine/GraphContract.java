package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks a loaded graph against what base.json says of it, so that a fault is a sentence and not a failed run. */
final class GraphContract {
    private final BaseManifest.Graph graph;

    GraphContract(BaseManifest.Graph graph) {
        this.graph = graph;
    }

    /** {@code past_key_values.3.value}. */
    static String past(int layer, String part) {
        return "past_key_values." + layer + "." + part;
    }

    /** {@code present.3.value}. */
    static String present(int layer, String part) {
        return "present." + layer + "." + part;
    }

    static final List<String> PARTS = List.of("key", "value");

    /**
     * Checks names and shapes.
     *
     * @param inputs dimensions of every input, by name
     * @param required the inputs that have no default
     */
    void check(Map<String, List<Long>> inputs, Set<String> required, Set<String> outputs) throws BadArtefactException {
        Set<String> fed = new HashSet<>(List.of(RunInputs.IDS, RunInputs.MASK, RunInputs.POSITIONS));
        Set<String> given = new HashSet<>(List.of(Base.LOGITS, Base.HIDDEN));
        for (int layer = 0; layer < graph.layers(); layer++) {
            for (String part : PARTS) {
                fed.add(past(layer, part));
                given.add(present(layer, part));
                requirePast(inputs, past(layer, part));
            }
        }
        requireAll("input", fed, inputs.keySet());
        requireAll("output", given, outputs);
        for (String name : required) {
            if (!fed.contains(name)) {
                throw new BadArtefactException(
                        "model.onnx needs the input '" + name + "', which " + graph.contract() + " does not have.");
            }
        }
        for (String module : graph.adapters()) {
            requireAll("LoRA input", Set.of(module + Adapter.A, module + Adapter.B), inputs.keySet());
        }
    }

    private void requirePast(Map<String, List<Long>> inputs, String name) throws BadArtefactException {
        List<Long> dimensions = inputs.getOrDefault(name, List.of());
        if (dimensions.size() != 4 || dimensions.get(1) != graph.kvHeads() || dimensions.get(3) != graph.headSize()) {
            throw new BadArtefactException("model.onnx: the input '" + name + "' has dimensions " + dimensions
                    + ", base.json says " + graph.kvHeads() + " heads of " + graph.headSize() + ".");
        }
    }

    private void requireAll(String kind, Set<String> wanted, Set<String> there) throws BadArtefactException {
        for (String name : wanted) {
            if (!there.contains(name)) {
                throw new BadArtefactException(
                        "model.onnx lacks the " + kind + " '" + name + "' of " + graph.contract() + ".");
            }
        }
    }
}
