package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoraAdapter;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.AdapterFile;
import java.util.List;
import java.util.Map;

/**
 * LoRA weights in native memory. ONNX Runtime finds a wrong name or shape only at the first run, so both are checked
 * here against the graph.
 */
final class Adapter implements AutoCloseable {
    static final String A = ".lora_A";
    static final String B = ".lora_B";

    private final OrtLoraAdapter loaded;
    private final RunOptionsPool options;

    private Adapter(OrtLoraAdapter loaded) {
        this.loaded = loaded;
        this.options = new RunOptionsPool(loaded);
    }

    /**
     * Checks and loads an adapter.
     *
     * @param bytes verified
     * @param graphInputs dimensions of the base's inputs, by name
     */
    static Adapter load(byte[] bytes, Map<String, List<Long>> graphInputs, int maxRank) throws BadArtefactException {
        check(AdapterFile.shapes("adapter.onnx_adapter", bytes), graphInputs, maxRank);
        try {
            return new Adapter(OrtLoraAdapter.create(bytes));
        } catch (OrtException e) {
            throw new BadArtefactException("adapter.onnx_adapter is refused by ONNX Runtime.", e);
        }
    }

    static void check(Map<String, List<Long>> shapes, Map<String, List<Long>> graphInputs, int maxRank)
            throws BadArtefactException {
        if (shapes.isEmpty()) {
            throw new BadArtefactException("adapter.onnx_adapter holds no parameters; leave the file out instead.");
        }
        for (Map.Entry<String, List<Long>> parameter : shapes.entrySet()) {
            String name = parameter.getKey();
            List<Long> shape = parameter.getValue();
            boolean a = name.endsWith(A);
            List<Long> input = graphInputs.get(name);
            if (input == null || !(a || name.endsWith(B))) {
                throw new BadArtefactException(
                        "adapter.onnx_adapter holds '" + name + "', which is no LoRA input of this base.");
            }
            int fixed = a ? 0 : 1;
            if (shape.size() != 2 || input.size() != 2 || !shape.get(fixed).equals(input.get(fixed))) {
                throw new BadArtefactException("adapter.onnx_adapter: '" + name + "' has shape " + shape
                        + ", this base takes " + shown(input) + ".");
            }
            requireTwin(shapes, name, a, shape.get(1 - fixed), maxRank);
        }
    }

    private static void requireTwin(Map<String, List<Long>> shapes, String name, boolean a, long rank, int maxRank)
            throws BadArtefactException {
        String twin = name.substring(0, name.length() - A.length()) + (a ? B : A);
        List<Long> other = shapes.get(twin);
        if (other == null || other.size() != 2 || other.get(a ? 0 : 1) != rank) {
            throw new BadArtefactException("adapter.onnx_adapter: '" + name + "' has rank " + rank + ", but '" + twin
                    + "' is missing or has another.");
        }
        if (rank < 1 || rank > maxRank) {
            throw new BadArtefactException("adapter.onnx_adapter: '" + name + "' has rank " + rank
                    + ", this agent loads ranks from 1 to " + maxRank + ".");
        }
    }

    private static String shown(List<Long> dimensions) {
        return dimensions.toString().replace(String.valueOf(GraphInputs.SYMBOLIC), "rank");
    }

    /** Options that make a run use this adapter. */
    RunOptionsPool options() {
        return options;
    }

    /** Only after the last run that uses it. */
    @Override
    public void close() {
        options.close();
        loaded.close();
    }
}
