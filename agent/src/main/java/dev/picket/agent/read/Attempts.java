package dev.picket.agent.read;

import dev.picket.agent.journal.Attempt;
import dev.picket.agent.journal.Batch;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.sensors.Reading;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Finds the reading that kills the process. After an unclean stop each source goes one reading at a time, as many
 * as may have been in flight; so when the process dies again, the mark stands at the one that did it.
 *
 * <pre>
 * start                      first reading of a source: attempt 1 saved, judged alone
 * died, started again        the mark's reading: saved + 1; those behind it, while in the careful stretch: 1
 * saved count = maxAttempts  FAILED(crash) without judging, the source goes on
 * clean stop                 counts begin at 1 again
 * </pre>
 *
 * One careful reading at a time over all sources: else the innocent one beside it would be counted, too. A reading
 * that was killed for another reason, such as a cut of power, while it stood at the mark, is counted as well; it takes
 * {@code maxAttempts} such deaths in a row at the same reading to fail it.
 */
final class Attempts {
    private final Committer committer;
    private final int maxAttempts;
    private final ReentrantLock alone = new ReentrantLock(true);

    Attempts(Committer committer, int maxAttempts) {
        this.committer = committer;
        this.maxAttempts = maxAttempts;
    }

    /** What was saved of a source before an unclean stop; of no reading after a clean one. */
    static Attempt before(Journal journal, String source) throws JournalUnavailableException {
        Attempt none = new Attempt("", 0);
        return journal.stoppedCleanly() ? none : journal.attempt(source).orElse(none);
    }

    /** Waits for the turn to judge a reading alone. */
    void begin() throws InterruptedException {
        alone.lockInterruptibly();
    }

    void end() {
        alone.unlock();
    }

    /** Saves the attempt before it is made; answers whether the reading is not to be judged any more. */
    boolean isLast(Reading reading, Attempt before) throws InterruptedException {
        int count = reading.id().equals(before.readingId()) ? before.count() + 1 : 1;
        Map<String, Attempt> attempt = Map.of(reading.source(), new Attempt(reading.id(), count));
        committer.append(new Batch(List.of(), List.of(), List.of(), Map.of(), attempt));
        return count >= maxAttempts;
    }
}
