package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.TaskManifest;
import org.jspecify.annotations.Nullable;

/** Reads the features that a head is fitted on, through exactly the path that will serve it. */
public final class HiddenReader implements AutoCloseable {
    private final PromptedBase prompted;
    private final String hidden;
    private final Lifetime lifetime;

    private HiddenReader(PromptedBase prompted, String hidden) {
        this.prompted = prompted;
        this.hidden = hidden;
        this.lifetime = new Lifetime(prompted::close);
    }

    /**
     * Puts a prompt and perhaps an adapter on a base; the base stays in memory until this is closed.
     *
     * @param adapter bytes of an {@code .onnx_adapter}, null for the base as it is
     * @throws BadArtefactException when the adapter or the prompt does not fit the base
     */
    public static HiddenReader open(Base base, TaskManifest.Prompt prompt, byte @Nullable [] adapter)
            throws BadArtefactException {
        String hidden = base.manifest().graph().wiring().outputs().hidden();
        if (hidden == null) {
            throw new BadArtefactException("This base gives no hidden state; export it with its hidden states.");
        }
        return new HiddenReader(PromptedBase.open(base, prompt, adapter, 0), hidden);
    }

    /**
     * The last hidden state after the final norm, at the last token.
     *
     * @return as many numbers as the base's hidden size
     * @throws ClassificationException when the runtime refuses the run
     */
    public float[] read(String text) throws ClassificationException {
        try {
            return prompted.row(text, hidden);
        } catch (OrtException e) {
            throw new ClassificationException("", "The hidden state cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        lifetime.end();
    }
}
