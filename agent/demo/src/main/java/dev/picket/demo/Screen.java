package dev.picket.demo;

import dev.picket.agent.journal.Verdict;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** What the demo says to a person: one line a verdict, colour on a terminal only. */
final class Screen {
    private static final int TEXT_WIDTH = 70;

    private final @Nullable PrintWriter out;

    /**
     * @param out null: nothing is said
     */
    Screen(@Nullable PrintWriter out) {
        this.out = out;
    }

    void say(String markup) {
        if (out != null) {
            out.println(Ansi.AUTO.string(markup));
            out.flush();
        }
    }

    void verdict(Verdict verdict) {
        if (out == null) {
            return;
        }
        String text = verdict.text() == null ? "" : verdict.text();
        String shown = text.length() > TEXT_WIDTH ? text.substring(0, TEXT_WIDTH - 1) + "…" : text;
        boolean escalated = !(verdict.decision() instanceof Decision.Accept);
        String label = verdict.label() == null ? "-" : verdict.label();
        out.println(Ansi.AUTO.string("%-9s".formatted(verdict.source()) + "@|" + colour(verdict.priority()) + " "
                        + "%-20s".formatted(label) + "|@"
                        + (escalated ? "@|magenta ESCALATE|@" : "ACCEPT  "))
                + String.format(Locale.ROOT, " %.3f  ", verdict.confidence())
                + shown);
        out.flush();
    }

    private static String colour(Priority priority) {
        return switch (priority) {
            case ROUTINE -> "green";
            case NOTICE -> "yellow";
            case ALARM, ESCALATION -> "red";
        };
    }
}
