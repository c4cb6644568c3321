package dev.picket.inference.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.ListedFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A language model in memory: an ONNX Runtime session over a verified folder, its tokenizer and its cache of prefixes.
 * Shared by every task on it; its native memory is freed when the owner has closed it, the last task has left it and the
 * last run has ended.
 */
public final class Base implements AutoCloseable {
    static final String LOGITS = "logits";
    static final String HIDDEN = "hidden";

    private static final Logger LOG = LoggerFactory.getLogger(Base.class);
    private static final String PROVIDER = "CPUExecutionProvider";
    /** The graph alone: weights belong into external data, which is not read into the heap. */
    private static final int MAX_MODEL_BYTES = 64 << 20;

    private static final int MAX_TOKENIZER_BYTES = 128 << 20;

    private final BaseFolder folder;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final PromptEncoder encoder;
    private final Map<String, List<Long>> inputs;
    private final EngineOptions options;
    private final PrefixCache prefixes;
    private final Workers workers;
    private final KeyValues noPast;
    private final Lifetime lifetime = new Lifetime(this::free);

    private Base(BaseFolder folder, EngineOptions options, Map<String, List<Long>> inputs, PromptEncoder encoder)
            throws OrtException, BadArtefactException {
        this.folder = folder;
        this.options = options;
        this.inputs = inputs;
        this.encoder = encoder;
        this.environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "picket");
        this.session = session(environment, folder, options);
        this.prefixes = new PrefixCache(options.prefixCacheBytes());
        this.workers = new Workers(options.runs());
        boolean checked = false;
        try {
            new GraphContract(manifest().graph()).check(inputs, session.getInputNames(), session.getOutputNames());
            this.noPast = emptyPast();
            checked = true;
        } finally {
            if (!checked) {
                session.close();
            }
        }
    }

    /**
     * Hashes every file of the folder, then loads it.
     *
     * @throws BadArtefactException when a file is not the listed one, or the graph is not what base.json says
     * @throws IOException when the disk fails
     */
    public static Base open(BaseFolder folder, EngineOptions options) throws BadArtefactException, IOException {
        folder.verify();
        Map<String, List<Long>> inputs =
                GraphInputs.read(listed(folder, "model.onnx").read(folder.folder(), MAX_MODEL_BYTES));
        PromptEncoder encoder =
                PromptEncoder.of(listed(folder, "tokenizer.json").read(folder.folder(), MAX_TOKENIZER_BYTES));
        Base base = null;
        try {
            base = new Base(folder, options, inputs, encoder);
        } catch (OrtException e) {
            throw new BadArtefactException(folder.folder() + " is refused by ONNX Runtime: " + e.getMessage() + ".", e);
        } finally {
            if (base == null) {
                encoder.close();
            }
        }
        LOG.info(
                "Base {} {} ({}) runs on {}: {} texts side by side, {} threads each",
                folder.manifest().name(),
                folder.manifest().version(),
                folder.digest(),
                PROVIDER,
                options.runs(),
                options.threadsPerRun());
        return base;
    }

    private static ListedFile listed(BaseFolder folder, String name) {
        return folder.manifest().file(name).orElseThrow();
    }

    private static OrtSession session(OrtEnvironment environment, BaseFolder folder, EngineOptions options)
            throws OrtException {
        try (OrtSession.SessionOptions session = new OrtSession.SessionOptions()) {
            session.setIntraOpNumThreads(options.threadsPerRun());
            session.setInterOpNumThreads(1);
            session.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            // Each LoRA input is a warning otherwise, and every length of text would keep a plan of its own.
            session.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            session.setMemoryPatternOptimization(false);
            session.addConfigEntry("session.intra_op.allow_spinning", "0");
            session.addConfigEntry("session.inter_op.allow_spinning", "0");
            return environment.createSession(
                    folder.folder().resolve("model.onnx").toString(), session);
        }
    }

    private KeyValues emptyPast() throws OrtException {
        BaseManifest.Graph graph = manifest().graph();
        Map<String, OnnxTensor> pasts = new HashMap<>();
        for (int layer = 0; layer < graph.layers(); layer++) {
            for (String part : GraphContract.PARTS) {
                pasts.put(
                        GraphContract.past(layer, part),
                        OnnxTensor.createTensor(environment, FloatBuffer.allocate(0), new long[] {
                            1, graph.kvHeads(), 0, graph.headSize()
                        }));
            }
        }
        return new KeyValues(0, pasts, () -> pasts.values().forEach(OnnxTensor::close));
    }

    /** SHA-256 of base.json, lower-case hex. */
    public String digest() {
        return folder.digest();
    }

    public BaseManifest manifest() {
        return folder.manifest();
    }

    /** The base's tokenizer; valid as long as the base is. */
    public PromptEncoder encoder() {
        return encoder;
    }

    Adapter adapter(byte[] bytes) throws BadArtefactException {
        return Adapter.load(bytes, inputs, options.maxAdapterRank());
    }

    Lifetime lifetime() {
        return lifetime;
    }

    Workers workers() {
        return workers;
    }

    /**
     * The keys and values of a prefix, entered for the caller, who leaves its lifetime after use.
     *
     * @param adapterDigest empty without an adapter
     * @param ids may be empty
     */
    KeyValues prefix(@Nullable Adapter adapter, String adapterDigest, List<Long> ids) throws OrtException {
        if (ids.isEmpty()) {
            noPast.lifetime().share();
            return noPast;
        }
        return prefixes.use(new PrefixCache.Key(digest(), adapterDigest, ids), () -> compute(adapter, ids));
    }

    private KeyValues compute(@Nullable Adapter adapter, List<Long> ids) throws OrtException {
        Map<String, String> presents = new HashMap<>();
        for (int layer = 0; layer < manifest().graph().layers(); layer++) {
            for (String part : GraphContract.PARTS) {
                presents.put(GraphContract.present(layer, part), GraphContract.past(layer, part));
            }
        }
        long[] tokens = ids.stream().mapToLong(Long::longValue).toArray();
        try (RunInputs run = inputs(tokens, noPast)) {
            OrtSession.Result result = run(run, presents.keySet(), adapter);
            Map<String, OnnxTensor> pasts = new HashMap<>();
            presents.forEach((present, past) ->
                    pasts.put(past, (OnnxTensor) result.get(present).orElseThrow()));
            return new KeyValues(tokens.length, pasts, result::close);
        }
    }

    RunInputs inputs(long[] tokens, KeyValues past) throws OrtException {
        return new RunInputs(environment, tokens, past);
    }

    OrtSession.Result run(RunInputs run, Set<String> outputs, @Nullable Adapter adapter) throws OrtException {
        return adapter == null ? session.run(run.all(), outputs) : session.run(run.all(), outputs, adapter.options());
    }

    /** One output's row at the last of the new tokens. */
    float[] last(long[] tokens, KeyValues past, @Nullable Adapter adapter, String output) throws OrtException {
        try (RunInputs run = inputs(tokens, past);
                OrtSession.Result result = run(run, Set.of(output), adapter)) {
            FloatBuffer row = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] values = new float[row.remaining()];
            row.get(values);
            return values;
        }
    }

    private void free() {
        try {
            prefixes.close();
            noPast.lifetime().end();
            encoder.close();
            session.close();
            LOG.info("Base {} ({}) has left memory", manifest().name(), digest());
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not close the session of " + digest(), e);
        }
    }

    /** Lets go; the memory is freed once the last task and the last run have left. */
    @Override
    public void close() {
        lifetime.end();
    }
}
