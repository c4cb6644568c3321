package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoraAdapter;
import ai.onnxruntime.OrtSession;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Options of native runs, each for one run at a time: terminating one must not end another. They are used again, so there
 * are as many as ran side by side at most; those of a terminated run are freed.
 */
final class RunOptionsPool implements AutoCloseable {
    private final @Nullable OrtLoraAdapter adapter;
    private final Queue<OrtSession.RunOptions> idle = new ConcurrentLinkedQueue<>();

    /**
     * @param adapter active in each run; outlives this
     */
    RunOptionsPool(@Nullable OrtLoraAdapter adapter) {
        this.adapter = adapter;
    }

    /** A native run. */
    interface Run<T> {
        T with(OrtSession.RunOptions options) throws OrtException;
    }

    /** Makes a run under this thread's turn, which may terminate it. */
    <T> T run(Run<T> run) throws OrtException {
        OrtSession.RunOptions kept = idle.poll();
        OrtSession.RunOptions options = kept == null ? make() : kept;
        Turn turn = Turn.current();
        turn.enter(options);
        try {
            return run.with(options);
        } finally {
            if (turn.leave()) {
                idle.add(options);
            } else {
                options.close();
            }
        }
    }

    private OrtSession.RunOptions make() throws OrtException {
        OrtSession.RunOptions options = new OrtSession.RunOptions();
        if (adapter != null) {
            options.addActiveLoraAdapter(adapter);
        }
        return options;
    }

    int idle() {
        return idle.size();
    }

    /** Only after the last run. */
    @Override
    public void close() {
        for (OrtSession.RunOptions each = idle.poll(); each != null; each = idle.poll()) {
            each.close();
        }
    }
}
