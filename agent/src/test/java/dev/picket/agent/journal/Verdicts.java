package dev.picket.agent.journal;

import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import dev.picket.inference.Stage;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Verdicts for tests. */
public final class Verdicts {
    static final Instant AT = Instant.parse("2026-11-20T10:00:00.123456789Z");

    private Verdicts() {}

    public static Verdict of(String source, String id, String task, Priority priority) {
        return new Verdict(
                source,
                id,
                AT,
                "text of " + id,
                false,
                task,
                "b".repeat(64),
                "c".repeat(64),
                List.of("ham", "spam"),
                List.of(0.25f, 0.75f),
                "spam",
                0.75f,
                priority,
                priority == Priority.ESCALATION ? new Decision.Escalate() : new Decision.Accept(),
                1_234L);
    }

    public static Verdict routine(String id) {
        return of("line1", id, "fraud", Priority.ROUTINE);
    }

    /** One that is as large as its many labels make it. */
    public static Verdict withLabels(String id, int labels, Priority priority) {
        Verdict few = of("line1", id, "fraud", priority);
        return new Verdict(
                few.source(),
                few.readingId(),
                few.at(),
                few.text(),
                few.cut(),
                few.task(),
                few.baseDigest(),
                few.taskDigest(),
                IntStream.range(0, labels).mapToObj(i -> "label" + i).toList(),
                Collections.nCopies(labels, 1f / labels),
                "label0",
                1f / labels,
                few.priority(),
                few.decision(),
                few.latencyNanos());
    }

    /** One that a first stage answered once, and the cache now. */
    public static Verdict cachedFirst(String id, Priority priority) {
        Verdict of = of("line1", id, "fraud", priority);
        return new Verdict(
                of.source(),
                of.readingId(),
                of.at(),
                of.text(),
                of.cut(),
                of.task(),
                of.baseDigest(),
                of.taskDigest(),
                of.labels(),
                of.probabilities(),
                of.label(),
                of.confidence(),
                of.priority(),
                of.decision(),
                Stage.FIRST,
                true,
                of.latencyNanos());
    }

    static Verdict failed(String id, @Nullable String text) {
        return new Verdict(
                "line1",
                id,
                AT,
                text,
                true,
                "fraud",
                null,
                null,
                List.of(),
                List.of(),
                null,
                0f,
                Priority.ESCALATION,
                new Decision.Failed("crash"),
                0L);
    }
}
