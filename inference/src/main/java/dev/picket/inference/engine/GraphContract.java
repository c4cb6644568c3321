package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.Wiring;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks a graph against what base.json says of it, so that a fault is a sentence at load and not a failed run: each name,
 * its type, its rank, its fixed dimensions, and that nothing else must be fed.
 */
final class GraphContract {
    private final BaseManifest.Graph graph;
    private final Wiring wiring;
    private final Set<String> fed = new HashSet<>();

    GraphContract(BaseManifest.Graph graph) {
        this.graph = graph;
        this.wiring = graph.wiring();
    }

    /**
     * Checks inputs and outputs.
     *
     * @throws BadArtefactException at the first that cannot be served
     */
    void check(GraphSignature signature) throws BadArtefactException {
        Wiring.Inputs in = wiring.inputs();
        whole(signature, in.ids(), 2);
        whole(signature, in.mask(), 2);
        whole(signature, in.positions(), 2);
        whole(signature, in.types(), 2);
        whole(signature, in.asked(), 1);
        kept(signature, in.kept());
        pasts(signature);
        for (Map.Entry<String, GraphSignature.Tensor> input : signature.inputs().entrySet()) {
            if (!fed.contains(input.getKey())) {
                throw new BadArtefactException(wiring.file() + " needs the input '" + input.getKey() + "' ("
                        + input.getValue().shown() + "), which " + graph.contract()
                        + " does not have; export it without that input.");
            }
        }
        int rows = wiring.labels().isEmpty()
                ? graph.vocabularySize()
                : wiring.labels().size();
        output(signature, wiring.outputs().logits(), rows);
        output(signature, wiring.outputs().hidden(), graph.hiddenSize());
    }

    /** Checks that each module has its two optional inputs. */
    void checkAdapters(Map<String, List<Long>> optional) throws BadArtefactException {
        for (String module : graph.adapters()) {
            for (String name : List.of(module + Adapter.A, module + Adapter.B)) {
                if (!optional.containsKey(name)) {
                    throw lacks("LoRA input", name);
                }
            }
        }
    }

    private void whole(GraphSignature signature, @Nullable String name, int rank) throws BadArtefactException {
        if (name == null) {
            return;
        }
        GraphSignature.Tensor tensor = input(signature, name);
        boolean fits = tensor.type().isWhole() && tensor.dims().size() == rank;
        if (!fits || (rank == 2 && !oneOrAny(tensor.dims().getFirst()))) {
            throw fault("input", name, tensor, "int64 or int32 [" + (rank == 2 ? "1, any" : "any") + "] was expected");
        }
        if (tensor.dims().getLast() != GraphSignature.SYMBOLIC) {
            throw fault("input", name, tensor, "a length that is free was expected; export it with dynamic axes");
        }
    }

    private void kept(GraphSignature signature, @Nullable String name) throws BadArtefactException {
        if (name == null) {
            return;
        }
        GraphSignature.Tensor tensor = input(signature, name);
        boolean scalar = tensor.dims().isEmpty() || tensor.dims().equals(List.of(1L));
        if (tensor.type() != GraphSignature.Type.INT64 || !scalar) {
            throw fault("input", name, tensor, "one int64 was expected");
        }
    }

    private void pasts(GraphSignature signature) throws BadArtefactException {
        Wiring.Layered past = wiring.inputs().past();
        Wiring.Layered present = wiring.outputs().present();
        for (int layer = 0; past != null && present != null && layer < graph.layers(); layer++) {
            keyValue(signature, past.key(layer), present.key(layer));
            keyValue(signature, past.value(layer), present.value(layer));
        }
    }

    private void keyValue(GraphSignature signature, String past, String present) throws BadArtefactException {
        GraphSignature.Tensor tensor = input(signature, past);
        List<Long> dims = tensor.dims();
        boolean fits = tensor.type().isReal()
                && dims.size() == 4
                && oneOrAny(dims.get(0))
                && dims.get(1) == graph.kvHeads()
                && dims.get(2) == GraphSignature.SYMBOLIC
                && dims.get(3) == graph.headSize();
        if (!fits) {
            throw fault(
                    "input",
                    past,
                    tensor,
                    "float or float16 [1, " + graph.kvHeads() + ", any, " + graph.headSize()
                            + "] was expected: base.json says " + graph.kvHeads() + " heads of " + graph.headSize());
        }
        GraphSignature.Tensor given = signature.outputs().get(present);
        if (given == null) {
            throw lacks("output", present);
        }
        if (given.type() != tensor.type()) {
            throw fault("output", present, given, "the type of '" + past + "' was expected");
        }
    }

    private void output(GraphSignature signature, @Nullable String name, int width) throws BadArtefactException {
        if (name == null) {
            return;
        }
        GraphSignature.Tensor tensor = signature.outputs().get(name);
        if (tensor == null) {
            throw lacks("output", name);
        }
        int rank = tensor.dims().size();
        long last = rank == 0 ? 0 : tensor.dims().getLast();
        boolean wide = last == GraphSignature.SYMBOLIC || last == width;
        if (!tensor.type().isReal() || rank < 2 || rank > 3 || !wide) {
            throw fault("output", name, tensor, "float or float16 [rows, " + width + "] was expected");
        }
    }

    private GraphSignature.Tensor input(GraphSignature signature, String name) throws BadArtefactException {
        fed.add(name);
        GraphSignature.Tensor tensor = signature.inputs().get(name);
        if (tensor == null) {
            throw lacks("input", name);
        }
        return tensor;
    }

    private static boolean oneOrAny(long dimension) {
        return dimension == 1 || dimension == GraphSignature.SYMBOLIC;
    }

    private BadArtefactException lacks(String kind, String name) {
        return new BadArtefactException(
                wiring.file() + " lacks the " + kind + " '" + name + "' of " + graph.contract() + ".");
    }

    private BadArtefactException fault(String kind, String name, GraphSignature.Tensor tensor, String expected) {
        return new BadArtefactException(
                wiring.file() + ": the " + kind + " '" + name + "' is " + tensor.shown() + ", " + expected + ".");
    }
}
