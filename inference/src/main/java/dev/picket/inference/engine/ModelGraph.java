package dev.picket.inference.engine;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.Wiring;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A graph in ONNX Runtime: token ids and a past in, rows of an output at the answering token out. */
final class ModelGraph implements AutoCloseable {
    private final BaseManifest.Graph graph;
    private final OrtSession session;
    private final Feeding feeding;
    private final KeyValues noPast;
    /** Of runs without an adapter. */
    private final RunOptionsPool plain = new RunOptionsPool(null);
    /** The past's input by the name of the output that becomes it; empty where the graph keeps nothing. */
    private final Map<String, String> presents = new HashMap<>();
    /** Widths of outputs that came with more rows than were asked for: all of it passes through the heap. */
    private final Map<String, Integer> everywhere = new ConcurrentHashMap<>();

    private ModelGraph(BaseManifest.Graph graph, OrtSession session) throws OrtException, BadArtefactException {
        this.graph = graph;
        this.session = session;
        GraphSignature signature = GraphSignature.of(session);
        new GraphContract(graph).check(signature);
        this.feeding = Feeding.of(graph.wiring().inputs(), signature);
        Wiring.Layered past = graph.wiring().inputs().past();
        Wiring.Layered present = graph.wiring().outputs().present();
        for (int layer = 0; past != null && present != null && layer < graph.layers(); layer++) {
            presents.put(present.key(layer), past.key(layer));
            presents.put(present.value(layer), past.value(layer));
        }
        this.noPast = emptyPast(signature);
    }

    /** ONNX Runtime's one environment; whoever comes first names it. */
    static OrtEnvironment environment() {
        OrtSessions.loading();
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "picket");
    }

    /**
     * Loads a graph on the CPU and checks it.
     *
     * @param folder of the base
     * @throws BadArtefactException when the graph is not what the manifest says
     * @throws OrtException when ONNX Runtime refuses it
     */
    static ModelGraph open(Path folder, BaseManifest.Graph graph, int threads)
            throws OrtException, BadArtefactException {
        try (OrtSession.SessionOptions options = options(threads)) {
            return open(folder, graph, options);
        }
    }

    /** The same with a session's own options, of another provider for instance. */
    static ModelGraph open(Path folder, BaseManifest.Graph graph, OrtSession.SessionOptions options)
            throws OrtException, BadArtefactException {
        OrtSession session = environment()
                .createSession(folder.resolve(graph.wiring().file()).toString(), options);
        boolean checked = false;
        try {
            ModelGraph opened = new ModelGraph(graph, session);
            checked = true;
            return opened;
        } finally {
            if (!checked) {
                session.close();
            }
        }
    }

    static OrtSession.SessionOptions options(int threads) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        // Each LoRA input is a warning otherwise, and every length of text would keep a plan of its own.
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        options.setMemoryPatternOptimization(false);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        options.addConfigEntry("session.inter_op.allow_spinning", "0");
        return options;
    }

    private KeyValues emptyPast(GraphSignature signature) throws OrtException {
        Map<String, OnnxTensor> pasts = new HashMap<>();
        long[] shape = {1, graph.kvHeads(), 0, graph.headSize()};
        for (String past : presents.values()) {
            boolean half = Objects.requireNonNull(signature.inputs().get(past)).type() == GraphSignature.Type.FLOAT16;
            pasts.put(
                    past,
                    half
                            ? OnnxTensor.createTensor(
                                    environment(), ShortBuffer.allocate(0), shape, OnnxJavaType.FLOAT16)
                            : OnnxTensor.createTensor(environment(), FloatBuffer.allocate(0), shape));
        }
        return new KeyValues(0, pasts, () -> pasts.values().forEach(OnnxTensor::close));
    }

    BaseManifest.Graph manifest() {
        return graph;
    }

    Feeding feeding() {
        return feeding;
    }

    /** Whether keys and values of a prefix can be used again. */
    boolean keepsPast() {
        return !presents.isEmpty();
    }

    /** Nothing before; the graph's own, so a user shares it. */
    KeyValues noPast() {
        return noPast;
    }

    OrtSession.Result run(RunInputs run, Set<String> outputs, @Nullable Adapter adapter) throws OrtException {
        return (adapter == null ? plain : adapter.options()).run(with -> session.run(run.all(), outputs, with));
    }

    /** One output's row at the answering token. */
    float[] row(long[] tokens, KeyValues past, @Nullable Adapter adapter, String output) throws OrtException {
        return rows(tokens, past, adapter, output, 1)[0];
    }

    /** One output's rows at the last tokens, at most as many as asked for: some graphs give one only. */
    float[][] rows(long[] tokens, KeyValues past, @Nullable Adapter adapter, String output, int count)
            throws OrtException {
        try (RunInputs run = RunInputs.of(this, tokens, past, count);
                OrtSession.Result result = run(run, Set.of(output), adapter)) {
            return read(result, output, count);
        }
    }

    /**
     * One output's row at the last token, and the keys and values up to it.
     *
     * @param past is read only; what comes back holds all of it
     */
    Continued continued(long[] tokens, KeyValues past, @Nullable Adapter adapter, @Nullable String output)
            throws OrtException {
        Set<String> wanted = new HashSet<>(presents.keySet());
        if (output != null) {
            wanted.add(output);
        }
        try (RunInputs run = RunInputs.of(this, tokens, past, 1)) {
            OrtSession.Result result = run(run, wanted, adapter);
            Map<String, OnnxTensor> pasts = new HashMap<>();
            presents.forEach((present, name) ->
                    pasts.put(name, (OnnxTensor) result.get(present).orElseThrow()));
            KeyValues values = new KeyValues(past.length() + tokens.length, pasts, result::close);
            boolean whole = false;
            try {
                float[] row = output == null ? new float[0] : read(result, output, 1)[0];
                whole = true;
                return new Continued(row, values);
            } finally {
                if (!whole) {
                    values.lifetime().end();
                }
            }
        }
    }

    /** A row, and keys and values that the caller ends. */
    @SuppressWarnings("ArrayRecordComponent") // one a run, never compared
    record Continued(float[] row, KeyValues values) {}

    private float[][] read(OrtSession.Result result, String output, int count) throws OrtException {
        OnnxValue value = result.get(output).orElseThrow();
        OnnxTensor tensor = (OnnxTensor) value;
        long[] shape = tensor.getInfo().getShape();
        int width = Math.toIntExact(shape[shape.length - 1]);
        int there = Math.toIntExact(tensor.getInfo().getNumElements() / width);
        boolean first = graph.wiring().answer() == Wiring.Answer.FIRST;
        int taken = first ? 1 : Math.min(count, there);
        int from = first ? 0 : there - taken;
        if (there > taken) {
            everywhere.putIfAbsent(output, width);
        }
        float[][] rows = new float[taken][width];
        if (tensor.getInfo().type == OnnxJavaType.FLOAT16) {
            ShortBuffer halves = tensor.getShortBuffer();
            for (int i = 0; i < taken * width; i++) {
                rows[i / width][i % width] = Float.float16ToFloat(halves.get(from * width + i));
            }
        } else {
            FloatBuffer floats = tensor.getFloatBuffer();
            for (int i = 0; i < taken; i++) {
                floats.get((from + i) * width, rows[i]);
            }
        }
        return rows;
    }

    /** How many bytes a run copies into the heap to read this output; as far as is known from the runs so far. */
    long bytesRead(String output, int tokens) {
        Integer width = everywhere.get(output);
        return width == null ? 0 : (long) tokens * width * Float.BYTES;
    }

    @Override
    public void close() throws OrtException {
        noPast.lifetime().end();
        plain.close();
        session.close();
    }
}
