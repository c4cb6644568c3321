package dev.picket.agent.read;

import dev.picket.agent.journal.Drop;
import dev.picket.agent.journal.Outcome;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.judge.Judge;
import dev.picket.agent.judge.JudgingFailedException;
import dev.picket.agent.judge.NotServingException;
import dev.picket.inference.Classification;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import dev.picket.sensors.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A reading to its outcomes: what the judge says, a failed verdict where it cannot, a drop where there is no text. */
final class Judging {
    private static final Logger LOG = LoggerFactory.getLogger(Judging.class);

    private final Judge judge;
    private final Duration retryAfter;

    Judging(Judge judge, Duration retryAfter) {
        this.judge = judge;
        this.retryAfter = retryAfter;
    }

    /**
     * One outcome for each task; waits while no Set serves one.
     *
     * @throws InterruptedException when told to stop; the reading has no outcome then
     */
    List<Outcome> outcomes(Item item) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        for (String task : item.intake().route().tasks()) {
            outcomes.add(outcome(item, task));
        }
        return outcomes;
    }

    private Outcome outcome(Item item, String task) throws InterruptedException {
        Reading reading = item.reading();
        if (reading.text().isBlank()) {
            return new Drop(reading.source(), reading.id(), task, "empty");
        }
        if (item.crashed()) {
            return failed(reading, task, "crash");
        }
        while (true) {
            try {
                return judged(reading, judge.judge(task, reading.text()));
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
