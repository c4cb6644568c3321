package dev.picket.agent.cli;

import java.io.Console;
import java.util.Optional;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Bytes copied so far, on a terminal; silent elsewhere. */
final class CopyProgress implements LongConsumer, AutoCloseable {
    private static final long MEBIBYTE = 1L << 20;

    private final @Nullable ProgressBar bar;

    CopyProgress(String what, boolean quiet) {
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        this.bar = quiet || !terminal
                ? null
                : new ProgressBarBuilder()
                        .setTaskName(what)
                        .setInitialMax(-1)
                        .setUnit(" MiB", MEBIBYTE)
                        .setStyle(ProgressBarStyle.ASCII)
                        .build();
    }

    @Override
    public void accept(long bytes) {
        if (bar != null) {
            bar.stepTo(bytes);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
