package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.HeapRoom;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.TaskManifest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A language model in memory: an ONNX Runtime session over a verified folder, its tokenizer and its cache of prefixes.
 * Shared by every task on it; its native memory is freed when the owner has closed it, the last task has left it and the
 * last run has ended.
 */
public final class Base implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Base.class);
    /** The graph alone: weights belong into external data, which is not read into the heap. */
    private static final int MAX_MODEL_BYTES = 64 << 20;

    private static final int MAX_TOKENIZER_BYTES = 128 << 20;
    private static final String TOKENIZER = "tokenizer.json";
    /** Only its bytes: what is read of them is small. */
    private static final int GRAPH_IN_HEAP = 1;
    /** Measured with a vocabulary of 151,000: its bytes, both forms in turn, and what the library makes of them. */
    private static final int TOKENIZER_IN_HEAP = 6;

    /** Of those that somebody asked for; readings and trials are never refused, since their threads are few. */
    private static final int MOST_WAITING = 128;

    private final BaseFolder folder;
    private final ModelGraph graph;
    private final PromptEncoder encoder;
    private final Map<String, List<Long>> loraInputs;
    private final EngineOptions options;
    private final PrefixCache prefixes;
    private final Workers workers;
    private final SelfTest.Outcome selfTest;
    private final ProviderChoice provider;
    private final Lifetime lifetime = new Lifetime(this::free);

    private Base(
            BaseFolder folder,
            EngineOptions options,
            Map<String, List<Long>> loraInputs,
            ProviderSelection.Chosen chosen,
            PromptEncoder encoder) {
        this.folder = folder;
        this.selfTest = chosen.tested();
        this.provider = chosen.choice();
        this.options = options;
        this.loraInputs = loraInputs;
        this.graph = chosen.graph();
        this.encoder = encoder;
        this.prefixes = new PrefixCache(options.prefixCacheBytes());
        this.workers = new Workers(options.runs(), MOST_WAITING);
    }

    /**
     * Hashes every file of the folder, loads it, and tests it.
     *
     * @param options with runs and threads chosen
     * @throws BadArtefactException when a file is not the listed one, the graph is not what base.json says, or it does
     *     not answer what base.json says
     * @throws IOException when the disk fails
     */
    public static Base open(BaseFolder folder, EngineOptions options) throws BadArtefactException, IOException {
        if (!options.isScheduled()) {
            throw new IllegalArgumentException("Runs and threads of base " + folder.digest() + " are not chosen yet");
        }
        requireRoom(folder, HeapRoom.ofThisProcess());
        folder.verify();
        Map<String, List<Long>> loraInputs = loraInputs(folder);
        PromptEncoder encoder = PromptEncoder.of(listed(folder, TOKENIZER).read(folder.folder(), MAX_TOKENIZER_BYTES));
        boolean opened = false;
        try {
            requireOneVocabulary(folder.manifest(), encoder);
            ProviderSelection.Chosen chosen =
                    options.providers().choose(folder.folder(), folder.manifest(), options.threadsPerRun());
            Base base = new Base(folder, options, loraInputs, chosen, encoder);
            opened = true;
            base.tell();
            return base;
        } finally {
            if (!opened) {
                encoder.close();
            }
        }
    }

    /** Before anything is read; the graph's bytes are dropped before the tokenizer's come. */
    static void requireRoom(BaseFolder folder, HeapRoom room) throws BadArtefactException {
        BaseManifest.Graph graph = folder.manifest().graph();
        room.require("tokenizer.json", listed(folder, TOKENIZER).length(), TOKENIZER_IN_HEAP);
        if (readsGraph(graph)) {
            String file = graph.wiring().file();
            room.require(file, listed(folder, file).length(), GRAPH_IN_HEAP);
        }
    }

    private static boolean readsGraph(BaseManifest.Graph graph) {
        return !(graph.adapters().isEmpty() && graph.contract().equals(BaseManifest.WIRED));
    }

    /** Optional inputs are not told by ONNX Runtime, so the graph's bytes are read; weights must lie beside it then. */
    private static Map<String, List<Long>> loraInputs(BaseFolder folder) throws BadArtefactException, IOException {
        BaseManifest.Graph graph = folder.manifest().graph();
        if (!readsGraph(graph)) {
            return Map.of();
        }
        Map<String, List<Long>> inputs =
                GraphInputs.read(listed(folder, graph.wiring().file()).read(folder.folder(), MAX_MODEL_BYTES));
        new GraphContract(graph).checkAdapters(inputs);
        return inputs;
    }

    /** Ids that the graph does not know would fail text by text, or worse, mean something else. */
    private static void requireOneVocabulary(BaseManifest manifest, PromptEncoder encoder) throws BadArtefactException {
        int known = manifest.graph().vocabularySize();
        if (encoder.highestId() >= known) {
            throw new BadArtefactException("tokenizer.json gives token ids up to " + encoder.highestId()
                    + ", the graph takes only " + known + " of them: it is the tokenizer of another model.");
        }
    }

    private void tell() {
        LOG.info(
                "Base {} {} ({}) runs on {}: {} texts side by side, {} threads each; {}",
                manifest().name(),
                manifest().version(),
                digest(),
                provider.provider(),
                options.runs(),
                options.threadsPerRun(),
                selfTest.told());
    }

    /** What the self-test at load found. */
    public SelfTest.Outcome selfTest() {
        return selfTest;
    }

    /** What it is computed on. */
    public ProviderChoice provider() {
        return provider;
    }

    /** Says once where a task was calibrated on something else than it is computed on here. */
    void checkCalibration(TaskManifest task) {
        options.providers().checkCalibration(provider, task);
    }

    private static ListedFile listed(BaseFolder folder, String name) {
        return folder.manifest().file(name).orElseThrow();
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
        return Adapter.load(bytes, loraInputs, options.maxAdapterRank());
    }

    Lifetime lifetime() {
        return lifetime;
    }

    EngineOptions options() {
        return options;
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
            graph.noPast().lifetime().share();
            return graph.noPast();
        }
        long[] tokens = ids.stream().mapToLong(Long::longValue).toArray();
        return prefixes.use(
                new PrefixCache.Key(digest(), adapterDigest, ids),
                () -> graph.continued(tokens, graph.noPast(), adapter, null).values());
    }

    ModelGraph graph() {
        return graph;
    }

    private void free() {
        workers.close();
        prefixes.close();
        encoder.close();
        close(graph, digest());
        LOG.info("Base {} ({}) has left memory", manifest().name(), digest());
    }

    private static void close(ModelGraph graph, String name) {
        try {
            graph.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not close the session of " + name, e);
        }
    }

    /** Lets go; the memory is freed once the last task and the last run have left. */
    @Override
    public void close() {
        lifetime.end();
    }
}
