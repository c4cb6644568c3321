package dev.picket.inference.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.BaseFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

/**
 * Bare runs of made-up token ids on one base: what reusing a prefix, one pass and a cut head each save can be measured
 * without a task. All use the same session; not for several threads. Each method refuses with a {@link ClassificationException} what the
 * runtime refuses.
 */
public final class TokenRuns implements AutoCloseable {
    private static final long SEED = 20;

    private final Base base;
    private final String logits;
    private final long[] prefix;
    private final long[] text;
    private final KeyValues past;

    private TokenRuns(Base base, String logits, long[] prefix, long[] text) throws OrtException {
        this.base = base;
        this.logits = logits;
        this.prefix = prefix;
        this.text = text;
        this.past = base.prefix(null, "", LongStream.of(prefix).boxed().toList());
    }

    /**
     * Loads the base and computes the prefix once.
     *
     * @param prefixTokens of the prefix, at least one
     * @param textTokens behind it, at least one; with 64 more they must fit the base's context
     * @throws BadArtefactException when the folder is damaged or its graph cannot be run so
     */
    public static TokenRuns open(BaseFolder folder, EngineOptions options, int prefixTokens, int textTokens)
            throws BadArtefactException, IOException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        int vocabulary = folder.manifest().graph().vocabularySize();
        long[] prefix = random.longs(prefixTokens, 0, vocabulary).toArray();
        long[] text = random.longs(textTokens, 0, vocabulary).toArray();
        String logits = folder.manifest().graph().wiring().outputs().logits();
        Base base = Base.open(folder, options);
        if (logits == null || !base.graph().keepsPast()) {
            base.close();
            throw new BadArtefactException(folder.folder()
                    + " generates nothing: its graph has no logits, or neither takes nor gives keys and values.");
        }
        boolean opened = false;
        try {
            TokenRuns runs = new TokenRuns(base, logits, prefix, text);
            opened = true;
            return runs;
        } catch (OrtException e) {
            throw new BadArtefactException(folder.folder() + " is refused by ONNX Runtime: " + e.getMessage() + ".", e);
        } finally {
            if (!opened) {
                base.close();
            }
        }
    }

    /** One pass over the text behind the cached prefix: the logits at its last token. */
    public float[] cached() throws ClassificationException {
        return told(() -> base.graph().row(text, past, null, logits));
    }

    /** The same answer without the cache: one pass over prefix and text. */
    public float[] whole() throws ClassificationException {
        long[] all =
                LongStream.concat(LongStream.of(prefix), LongStream.of(text)).toArray();
        return told(() -> base.graph().row(all, base.graph().noPast(), null, logits));
    }

    /** One pass over the text alone that asks at its last token only: how many rows of logits came. */
    public long atLast() throws ClassificationException {
        return told(() -> rows(1));
    }

    /** The same pass, asked at every token. */
    public long everywhere() throws ClassificationException {
        return told(() -> rows(text.length));
    }

    /** Reads none of them, so that only the graph's own work is seen. */
    private long rows(int asked) throws OrtException {
        ModelGraph graph = base.graph();
        try (RunInputs run = RunInputs.of(graph, text, graph.noPast(), asked);
                OrtSession.Result result = graph.run(run, Set.of(logits), null)) {
            return ((OnnxTensor) result.get(0)).getInfo().getShape()[0];
        }
    }

    /**
     * An answer generated token by token behind the cached prefix and the text, the most probable one each time; every
     * step reuses the keys and values of those before.
     *
     * @param tokens at least one
     */
    public List<Integer> generated(int tokens) throws ClassificationException {
        return told(() -> generate(tokens));
    }

    private List<Integer> generate(int tokens) throws OrtException {
        List<Integer> answer = new ArrayList<>();
        long[] next = text;
        KeyValues before = past;
        before.lifetime().share();
        try {
            while (answer.size() < tokens) {
                ModelGraph.Continued step = base.graph().continued(next, before, null, logits);
                before.lifetime().leave();
                before = step.values();
                int best = best(step.row());
                answer.add(best);
                next = new long[] {best};
            }
        } finally {
            before.lifetime().leave();
        }
        return answer;
    }

    private interface Step<T> {
        T run() throws OrtException;
    }

    private static <T> T told(Step<T> step) throws ClassificationException {
        try {
            return step.run();
        } catch (OrtException e) {
            throw new ClassificationException("", "ONNX Runtime refused the run: " + e.getMessage(), e);
        }
    }

    private static int best(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    @Override
    public void close() {
        past.lifetime().leave();
        base.close();
    }
}
