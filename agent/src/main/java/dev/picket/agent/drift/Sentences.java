package dev.picket.agent.drift;

import dev.picket.inference.drift.Alarm;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an alarm says to people. */
final class Sentences {
    private Sentences() {}

    static String of(String task, Alarm alarm, @Nullable Instant frozen) {
        return String.format(
                Locale.ROOT,
                "Task '%s' drifts: %s by %.2f over %d texts, found %s, against the baseline of %s;"
                        + " look at its latest verdicts; if they are wrong calibrate or train it anew, and if they are right"
                        + " accept it with 'picket drift accept'.",
                task,
                what(alarm.of()),
                alarm.effect(),
                alarm.texts(),
                alarm.since().truncatedTo(ChronoUnit.SECONDS),
                frozen == null ? "an earlier start" : frozen.truncatedTo(ChronoUnit.SECONDS));
    }

    static String ended(String task, Alarm alarm, @Nullable Instant until) {
        return String.format(
                Locale.ROOT,
                "The drift of task '%s', where %s, was found %s and ended %s.",
                task,
                what(alarm.of()),
                alarm.since().truncatedTo(ChronoUnit.SECONDS),
                until == null ? "since" : until.truncatedTo(ChronoUnit.SECONDS));
    }

    static String accepted(String task, List<Alarm> ended) {
        return "The drift of task '" + task + "' is accepted, where "
                + ended.stream().map(each -> what(each.of())).collect(Collectors.joining(", "))
                + "; what it sees from now on becomes its baseline.";
    }

    private static String what(String of) {
        return switch (of) {
            case "labels" -> "the mix of labels has shifted (Cramér's V)";
            case "confidence" -> "the confidence has shifted (KS distance)";
            case "distance" -> "the distance to the known kinds of text has shifted (KS distance)";
            case "tokens-per-character" -> "the vocabulary has shifted (KS distance of tokens per character)";
            case "label-mass" -> "the probability on its words has shifted (KS distance of label mass)";
            case String other -> "'" + other + "' has shifted (KS distance)";
        };
    }
}
