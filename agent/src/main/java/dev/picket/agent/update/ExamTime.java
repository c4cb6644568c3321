package dev.picket.agent.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.update.Trial;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * The time of one Set's exam. It rests after each text as long as that took, so that it takes half of one core at most
 * while a Set serves; only its work counts against the deadline, so that a gateway is not too slow for being polite.
 */
final class ExamTime implements Trial.Recall {
    private static final Duration LONGEST_REST = Duration.ofSeconds(1);

    private final Pace pace;
    private final Duration within;
    private final boolean rests;
    private final Trial.Recall recall;
    private final long begun;
    private final Set<Examinee> examinees = new HashSet<>();
    private long restedNanos;

    /**
     * The exam begins now.
     *
     * @param within how long it may work
     * @param rests whether a Set serves beside it
     */
    ExamTime(Pace pace, Duration within, boolean rests, Trial.Recall recall) {
        this.pace = pace;
        this.within = within;
        this.rests = rests;
        this.recall = recall;
        this.begun = pace.nanos();
    }

    /** Asked between two texts. */
    @Override
    public void check() throws RejectedException {
        recall.check();
        if (pace.nanos() - begun - restedNanos > within.toNanos()) {
            throw new RejectedException(
                    Reason.EXAM_FAILED, "The exam had not ended after " + within.toMillis() + " ms of work.");
        }
    }

    /** The same, but that it rests after each text. */
    Examinee resting(Examinee examinee) {
        if (!rests) {
            return examinee;
        }
        examinees.add(examinee);
        return (task, text) -> answerAndRest(examinee, task, text);
    }

    private Answer answerAndRest(Examinee examinee, String task, String text)
            throws RejectedException, InterruptedException {
        long from = pace.nanos();
        Answer answer = examinee.answer(task, text);
        long to = pace.nanos();
        Duration rest = Duration.ofNanos(to - from);
        pace.sleep(rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST);
        long rested = pace.nanos() - to;
        restedNanos += rested;
        // Whoever was resting, none of them was asked anything.
        examinees.forEach(each -> each.rested(rested));
        return answer;
    }
}
