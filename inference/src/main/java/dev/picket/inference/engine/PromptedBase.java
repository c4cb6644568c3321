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
    private final Base base;
    private final @Nullable Adapter adapter;
    private final String adapterDigest;
    private final int maxTextTokens;
    private final List<Long> cached;
    private final long[] before;
    private final long[] after;

    private PromptedBase(Base base, TaskManifest.Prompt prompt, @Nullable Adapter adapter, String adapterDigest)
            throws BadArtefactException {
        this.base = base;
        this.adapter = adapter;
        this.adapterDigest = adapterDigest;
        this.maxTextTokens = prompt.maxTextTokens();
        long[] prefix = base.encoder().prompt(prompt.prefix());
        this.after = base.encoder().prompt(prompt.suffix());
        // An empty text must leave one token to run, so without a suffix the prefix gives its last.
        int kept = after.length > 0 ? prefix.length : Math.max(0, prefix.length - 1);
        this.cached = Arrays.stream(prefix, 0, kept).boxed().toList();
        this.before = Arrays.copyOfRange(prefix, kept, prefix.length);
        int most = prefix.length + maxTextTokens + after.length;
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
     * Shares the base until closed.
     *
     * @param adapter the verified bytes, null to run the base as it is
     */
    static PromptedBase open(Base base, TaskManifest.Prompt prompt, byte @Nullable [] adapter)
            throws BadArtefactException {
        Adapter loaded = adapter == null ? null : base.adapter(adapter);
        boolean opened = false;
        try {
            PromptedBase prompted = new PromptedBase(base, prompt, loaded, adapter == null ? "" : Sha256.of(adapter));
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
     * What the graph said to a text.
     *
     * @param last the output's row at the last token; not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // one a text, on the hot path, never compared
    record Row(float[] last, boolean cut) {}

    Row run(String text, String output) throws OrtException {
        EncodedText encoded = base.encoder().text(text, maxTextTokens);
        long[] tokens = tokens(encoded);
        return base.workers().run(() -> {
            KeyValues past = prefix();
            try {
                return new Row(base.last(tokens, past, adapter, output), encoded.cut());
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
