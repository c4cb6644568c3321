package dev.picket.inference.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.picket.inference.BadArtefactException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a graph takes and gives, read from the graph itself.
 *
 * @param inputs those without a default, by name, in the graph's order
 * @param outputs by name, in the graph's order
 */
public record GraphSignature(Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    /** A dimension that has a name in place of a number. */
    public static final long SYMBOLIC = -1;

    public GraphSignature {
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }

    /** Types of elements that this version feeds or reads; what it cannot is OTHER. */
    public enum Type {
        FLOAT,
        FLOAT16,
        INT64,
        INT32,
        OTHER;

        /** Whether a row of it can be read as numbers. */
        public boolean isReal() {
            return this == FLOAT || this == FLOAT16;
        }

        /** Whether token ids can be fed as it. */
        public boolean isWhole() {
            return this == INT64 || this == INT32;
        }
    }

    /**
     * One input or output.
     *
     * @param shown its type and dimensions for messages: {@code int64 [1, s]}
     */
    public record Tensor(Type type, List<Long> dims, String shown) {
        public Tensor {
            dims = List.copyOf(dims);
        }
    }

    /**
     * Loads a graph as it is, only to look at it.
     *
     * @param model the .onnx file; its weights may lie beside it
     * @throws BadArtefactException when ONNX Runtime refuses it
     */
    public static GraphSignature read(Path model) throws BadArtefactException {
        OrtEnvironment environment = ModelGraph.environment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            try (OrtSession session = environment.createSession(model.toString(), options)) {
                return of(session);
            }
        } catch (OrtException e) {
            throw new BadArtefactException(model + " is refused by ONNX Runtime: " + e.getMessage() + ".", e);
        }
    }

    static GraphSignature of(OrtSession session) throws OrtException {
        return new GraphSignature(tensors(session.getInputInfo()), tensors(session.getOutputInfo()));
    }

    private static Map<String, Tensor> tensors(Map<String, NodeInfo> nodes) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        nodes.forEach((name, node) -> tensors.put(
                name,
                node.getInfo() instanceof TensorInfo tensor
                        ? tensor(tensor)
                        : new Tensor(Type.OTHER, List.of(), "no tensor")));
        return tensors;
    }

    private static Tensor tensor(TensorInfo info) {
        long[] shape = info.getShape();
        String[] names = info.getDimensionNames();
        List<Long> dims = new ArrayList<>();
        List<String> shown = new ArrayList<>();
        for (int i = 0; i < shape.length; i++) {
            dims.add(shape[i] < 0 ? SYMBOLIC : shape[i]);
            String name = i < names.length && !names[i].isEmpty() ? names[i] : "?";
            shown.add(shape[i] < 0 ? name : Long.toString(shape[i]));
        }
        return new Tensor(type(info.type), dims, info.type.name().toLowerCase(Locale.ROOT) + " " + shown);
    }

    private static Type type(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> Type.FLOAT;
            case FLOAT16 -> Type.FLOAT16;
            case INT64 -> Type.INT64;
            case INT32 -> Type.INT32;
            case BFLOAT16, DOUBLE, INT8, INT16, BOOL, STRING, UINT8, UNKNOWN -> Type.OTHER;
        };
    }
}
