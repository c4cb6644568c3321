package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.Sha256;
import dev.picket.inference.codec.TaskManifest;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A base with one prompt around each text and one adapter: from a text to the graph's row at its last token. */
final class PromptedBase implements AutoCloseable {
    private static final long MEBI = 1 << 20;

    private final Base base;
    private final @Nullable Adapter adapter;
    private final String adapterDigest;
    private final int maxTextTokens;
    private final List<Long> cached;
    private final long[] before;
    private final long[] after;

    private PromptedBase(
            Base base, TaskManifest.Prompt prompt, @Nullable Adapter adapter, String adapterDigest, int behind)
            throws BadArtefactException {
        this.base = base;
        this.adapter = adapter;
        this.adapterDigest = adapterDigest;
        this.maxTextTokens = prompt.maxTextTokens();
        long[] prefix = base.encoder().prompt(prompt.prefix());
        this.after = base.encoder().prompt(prompt.suffix());
        // An empty text must leave one token to run, so without a suffix the prefix gives its last.
        int kept = after.length > 0 ? prefix.length : Math.max(0, prefix.length - 1);
        if (!base.graph().keepsPast()) {
            kept = 0;
        }
        this.cached = Arrays.stream(prefix, 0, kept).boxed().toList();
        this.before = Arrays.copyOfRange(prefix, kept, prefix.length);
        int most = prefix.length + maxTextTokens + after.length + behind;
        requireKnown(prefix);
        requireKnown(after);
        if (before.length + after.length == 0) {
            throw new BadArtefactException(
                    "task.json: $.prompt has neither prefix nor suffix tokens, so an empty text would have none at all.");
        }
        if (most > base.manifest().contextLength()) {
            throw new BadArtefactException(
                    "task.json: $.prompt needs up to " + most + " tokens, the base's context holds "
                            + base.manifest().contextLength() + "; lower maxTextTokens.");
        }
    }

    /**
     * Refuses what could not be read where texts are longest: of a graph that answers at each token, and cannot be asked
     * for less, ONNX Runtime's Java part copies all of an output to give one row of it.
     *
     * @param most bytes that all runs together may copy at a time
     */
    void requireRoom(Scorer scorer, long most) throws BadArtefactException {
        int tokens = before.length + maxTextTokens + after.length + scorer.tokensBehind();
        int runs = base.options().runs();
        long bytes = base.graph().bytesRead(scorer.output(), tokens);
        if (bytes > Math.min(Integer.MAX_VALUE, most / runs)) {
            throw new BadArtefactException("The base gives '" + scorer.output()
                    + "' at each token and cannot be asked for fewer, so " + runs + " texts of " + tokens
                    + " tokens side by side would take " + runs * bytes / MEBI + " MiB of heap, where " + most / MEBI
                    + " MiB are allowed; export the base with an input for the positions or the number of logits, or lower"
                    + " task.json's maxTextTokens.");
        }
    }

    private void requireKnown(long[] ids) throws BadArtefactException {
        int known = base.manifest().graph().vocabularySize();
        for (long id : ids) {
            if (id >= known) {
                throw new BadArtefactException("task.json: $.prompt has a token with id " + id
                        + ", but the base knows only " + known + "; it was written for another tokenizer.");
            }
        }
    }

    /**
     * Shares the base until closed.
     *
     * @param adapter the verified bytes, null to run the base as it is
     * @param behind the most tokens that a scorer runs behind the prompt
     */
    static PromptedBase open(Base base, TaskManifest.Prompt prompt, byte @Nullable [] adapter, int behind)
            throws BadArtefactException {
        Adapter loaded = adapter == null ? null : base.adapter(adapter);
        boolean opened = false;
        try {
            PromptedBase prompted =
                    new PromptedBase(base, prompt, loaded, adapter == null ? "" : Sha256.of(adapter), behind);
            base.lifetime().share();
            opened = true;
            return prompted;
        } finally {
            if (!opened && loaded != null) {
                loaded.close();
            }
        }
    }

    /**
     * What a scorer made of a text.
     *
     * @param tokens of the text alone
     * @param cut whether the text lost its middle
     */
    record Answer(Scores scores, int tokens, boolean cut) {}

    Answer ask(String text, Scorer scorer) throws OrtException {
        EncodedText encoded = encode(text);
        long[] tokens = tokens(encoded);
        return base.workers().run(() -> {
            KeyValues past = prefix();
            try {
                Question question = new Question(base.graph(), adapter, past, tokens, text);
                return new Answer(scorer.score(question), encoded.ids().length, encoded.cut());
            } finally {
                past.lifetime().leave();
            }
        });
    }

    /** An output's row at a text's answering token; not to be changed. */
    float[] row(String text, String output) throws OrtException {
        long[] tokens = tokens(encode(text));
        return base.workers().run(() -> {
            KeyValues past = prefix();
            try {
                return base.graph().row(tokens, past, adapter, output);
            } finally {
                past.lifetime().leave();
            }
        });
    }

    /** The prefix's keys and values, entered for the caller. */
    KeyValues prefix() throws OrtException {
        return base.prefix(adapter, adapterDigest, cached);
    }

    long[] tokens(EncodedText text) {
        long[] all = Arrays.copyOf(before, before.length + text.ids().length + after.length);
        System.arraycopy(text.ids(), 0, all, before.length, text.ids().length);
        System.arraycopy(after, 0, all, before.length + text.ids().length, after.length);
        return all;
    }

    EncodedText encode(String text) {
        return base.encoder().text(text, maxTextTokens);
    }

    Base base() {
        return base;
    }

    @Nullable
    Adapter adapter() {
        return adapter;
    }

    @Override
    public void close() {
        if (adapter != null) {
            adapter.close();
        }
        base.lifetime().leave();
    }
}
