package dev.picket.agent.read;

import dev.picket.agent.journal.Drop;
import dev.picket.agent.journal.Outcome;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.judge.Judge;
import dev.picket.agent.judge.JudgingFailedException;
import dev.picket.agent.judge.NotServingException;
import dev.picket.agent.pulse.Pulse;
import dev.picket.inference.Classification;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import dev.picket.inference.drift.Observation;
import dev.picket.inference.drift.TextHash;
import dev.picket.sensors.Reading;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A reading to its outcomes: what the judge says, a failed verdict where it cannot, a drop where there is no text. */
final class Judging {
    private static final Logger LOG = LoggerFactory.getLogger(Judging.class);

    /** Of this process alone, so that no hash can be looked up elsewhere. */
    private static final long SEED = new SecureRandom().nextLong();

    private final Judge judge;
    private final Duration retryAfter;
    private final Map<String, LongAdder> notAsked = new ConcurrentHashMap<>();

    Judging(Judge judge, Duration retryAfter) {
        this.judge = judge;
        this.retryAfter = retryAfter;
    }

    /**
     * One outcome for each task that the reading is routed to ({@link Condition}); waits while no Set serves one.
     *
     * @throws InterruptedException when told to stop; the reading has no outcome then
     */
    Judged judge(Item item) throws InterruptedException {
        Route route = item.intake().route();
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        List<Observation> seen = new ArrayList<>();
        for (String task : route.tasks()) {
            if (isAsked(route.conditions().get(task), outcomes)) {
                outcomes.put(task, outcome(item, task, seen));
            } else {
                notAsked.computeIfAbsent(task, _ -> new LongAdder()).increment();
            }
        }
        return new Judged(item, List.copyOf(outcomes.values()), seen);
    }

    private static boolean isAsked(@Nullable Condition condition, Map<String, Outcome> before) {
        if (condition == null) {
            return true;
        }
        Outcome outcome = before.get(condition.task());
        return outcome != null && condition.holds(outcome);
    }

    /** Readings that a task was not asked of, since the answer before it says so; by the task. */
    Map<String, Long> notAsked() {
        Map<String, Long> counts = new HashMap<>();
        notAsked.forEach((task, count) -> counts.put(task, count.sum()));
        return counts;
    }

    private Outcome outcome(Item item, String task, List<Observation> seen) throws InterruptedException {
        Reading reading = item.reading();
        if (reading.text().isBlank()) {
            return new Drop(reading.source(), reading.id(), task, "empty");
        }
        if (!item.dropped().isEmpty()) {
            return new Drop(reading.source(), reading.id(), task, item.dropped());
        }
        if (item.crashed()) {
            return failed(reading, task, "crash");
        }
        while (true) {
            Pulse.beat();
            try {
                Classification answer = judge.judge(task, reading.text());
                seen.add(observation(reading, answer));
                return judged(reading, answer);
            } catch (NotServingException e) {
                LOG.debug("Reading {} of source '{}' waits", reading.id(), reading.source(), e);
                Thread.sleep(retryAfter);
            } catch (JudgingFailedException e) {
                LOG.warn("Reading {} of source '{}' gets FAILED({})", reading.id(), reading.source(), e.reason(), e);
                return failed(reading, task, e.reason());
            } catch (RuntimeException e) {
                LOG.warn("Reading {} of source '{}' gets FAILED(error)", reading.id(), reading.source(), e);
                return failed(reading, task, "error");
            }
        }
    }

    private static Observation observation(Reading reading, Classification answer) {
        return new Observation(
                answer.task(),
                answer.taskDigest(),
                reading.source(),
                TextHash.of(reading.text(), SEED),
                answer.labels().indexOf(answer.label()),
                answer.confidence(),
                answer.signals());
    }

    private static Verdict judged(Reading reading, Classification answer) {
        Priority priority = switch (answer.decision()) {
            case Decision.Accept _ -> answer.priority();
            case Decision.Escalate _, Decision.Failed _ -> Priority.ESCALATION;
        };
        return new Verdict(
                reading.source(),
                reading.id(),
                reading.at(),
                reading.text(),
                reading.cut() || answer.cut(),
                answer.task(),
                answer.baseDigest(),
                answer.taskDigest(),
                answer.labels(),
                answer.probabilities(),
                answer.label(),
                answer.confidence(),
                priority,
                answer.decision(),
                answer.stage(),
                answer.cached(),
                answer.latencyNanos());
    }

    private static Verdict failed(Reading reading, String task, String reason) {
        return new Verdict(
                reading.source(),
                reading.id(),
                reading.at(),
                reading.text(),
                reading.cut(),
                task,
                null,
                null,
                List.of(),
                List.of(),
                null,
                0f,
                Priority.ESCALATION,
                new Decision.Failed(reason),
                0L);
    }
}
