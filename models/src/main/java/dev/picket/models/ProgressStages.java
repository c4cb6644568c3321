package dev.picket.models;

import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/** Bars for work in stages: each appears when its stage begins, and the one before it is done. */
final class ProgressStages implements AutoCloseable {
    private @Nullable ProgressBar current;

    /** A stage that begins when it is first told of work. */
    dev.picket.models.llama.Progress of(String what, String unit, long total) {
        return new dev.picket.models.llama.Progress() {
            private @Nullable ProgressBar mine;

            @Override
            public void more(int done) {
                if (mine == null) {
                    close();
                    mine = Progress.bar(what, unit, total);
                    current = mine;
                }
                mine.stepBy(done);
            }
        };
    }

    @Override
    public void close() {
        if (current != null) {
            current.close();
        }
    }
}
