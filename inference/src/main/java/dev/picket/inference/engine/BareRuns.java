package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.picket.inference.ClassificationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The floor under {@link Classifier#classify}: the same token ids, past, adapter and output, made ready beforehand, so
 * that a round is {@code session.run} and nothing else.
 */
public final class BareRuns implements AutoCloseable {
    private final LoadedTask task;
    private final KeyValues past;
    private final List<RunInputs> runs;

    private BareRuns(LoadedTask task, KeyValues past, List<RunInputs> runs) {
        this.task = task;
        this.past = past;
        this.runs = runs;
    }

    /** Called while the task is held. */
    static BareRuns prepare(LoadedTask task, List<String> texts) throws ClassificationException {
        PromptedBase prompted = task.prompted();
        List<RunInputs> runs = new ArrayList<>();
        try {
            KeyValues past = prompted.prefix();
            task.lifetime().share();
            BareRuns bare = new BareRuns(task, past, runs);
            boolean ready = false;
            try {
                for (String text : texts) {
                    runs.add(RunInputs.of(prompted.base().graph(), prompted.tokens(prompted.encode(text)), past, 1));
                }
                ready = true;
            } finally {
                if (!ready) {
                    bare.close();
                }
            }
            return bare;
        } catch (OrtException e) {
            throw new ClassificationException(task.name(), "The inputs cannot be made: " + e.getMessage(), e);
        }
    }

    /** How many texts there are. */
    public int size() {
        return runs.size();
    }

    /**
     * Runs the graph on one text and throws the result away.
     *
     * @param text its place in the list
     * @throws ClassificationException when the runtime refuses the run
     */
    public void run(int text) throws ClassificationException {
        PromptedBase prompted = task.prompted();
        try (OrtSession.Result result =
                prompted.base().graph().run(runs.get(text), Set.of(task.scorer().output()), prompted.adapter())) {
            if (result.size() != 1) {
                throw new IllegalStateException("One output was asked for, " + result.size() + " came");
            }
        } catch (OrtException e) {
            throw new ClassificationException(task.name(), "The bare run failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        runs.forEach(RunInputs::close);
        past.lifetime().leave();
        task.lifetime().leave();
    }
}
