package dev.picket.agent.cli;

import java.io.Console;
import java.util.Optional;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on a terminal; silent elsewhere. */
final class TerminalProgress implements LongConsumer, AutoCloseable {
    private static final long MEBIBYTE = 1L << 20;
    private static final long UNKNOWN = -1;

    private final @Nullable ProgressBar bar;

    private TerminalProgress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /** Bytes copied so far, of nobody knows how many. */
    static TerminalProgress ofBytes(String what, boolean quiet) {
        return shown(
                quiet,
                new ProgressBarBuilder()
                        .setTaskName(what)
                        .setInitialMax(UNKNOWN)
                        .setUnit(" MiB", MEBIBYTE));
    }

    /** Steps of a known number. */
    static TerminalProgress ofSteps(String what, long steps, boolean quiet) {
        return shown(quiet, new ProgressBarBuilder().setTaskName(what).setInitialMax(steps));
    }

    private static TerminalProgress shown(boolean quiet, ProgressBarBuilder builder) {
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        return new TerminalProgress(
                quiet || !terminal
                        ? null
                        : builder.setStyle(ProgressBarStyle.ASCII).build());
    }

    /** What is being done now, beside the bar. */
    void say(String what) {
        if (bar != null) {
            bar.setExtraMessage(what);
        }
    }

    @Override
    public void accept(long reached) {
        if (bar != null) {
            bar.stepTo(reached);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
