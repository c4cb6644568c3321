package dev.picket.models;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** A bar on standard error for work of more than a moment. */
final class Progress {
    private static final int UPDATE_MILLIS = 1000;

    private Progress() {}

    static ProgressBar bar(String what, String unit, long total) {
        return new ProgressBarBuilder()
                .setTaskName(what)
                .setUnit(" " + unit, 1)
                .setInitialMax(total)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .build();
    }
}
