package dev.picket.agent.cli;

import dev.picket.agent.rows.RowFilter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which rows are wanted. */
final class RowOptions {
    /** The first word of a decision. */
    enum Wanted {
        ACCEPT,
        ESCALATE,
        FAILED
    }

    @Option(names = "--source", paramLabel = "NAME", description = "Of one source only.")
    private @Nullable String source;

    @Option(names = "--decision", paramLabel = "WORD", description = "One of ${COMPLETION-CANDIDATES} only.")
    private @Nullable Wanted decision;

    RowFilter filter(@Nullable String from, @Nullable String to, @Nullable Duration since, Clock clock)
            throws CommandFailure {
        if (from != null && since != null) {
            throw new CommandFailure(ExitCode.USAGE, "--from and --since say the same; give one of them.");
        }
        Instant first =
                since == null ? instant("--from", from) : clock.instant().minus(since);
        return new RowFilter(
                source, decision == null ? null : decision.name().toUpperCase(Locale.ROOT), first, instant("--to", to));
    }

    private static @Nullable Instant instant(String option, @Nullable String text) throws CommandFailure {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException _) {
            throw new CommandFailure(
                    ExitCode.USAGE, option + " is '" + text + "'; write an instant such as 2026-11-21T08:00:00Z.");
        }
    }
}
