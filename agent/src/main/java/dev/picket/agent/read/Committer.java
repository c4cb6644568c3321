package dev.picket.agent.read;

import dev.picket.agent.journal.Batch;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.pulse.Pulse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends to the journal, again and again until it takes it: nothing is lost, the sources wait meanwhile. */
final class Committer {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
    private static final int MAX_FACTOR = 16;

    private final Journal journal;
    private final Duration retryAfter;
    private final AtomicBoolean givingUp = new AtomicBoolean();
    private volatile String trouble = "";

    Committer(Journal journal, Duration retryAfter) {
        this.journal = journal;
        this.retryAfter = retryAfter;
    }

    /**
     * Returns when all of it is durable.
     *
     * @throws InterruptedException when told to stop before that
     */
    void append(Batch batch) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            // A journal that refuses is told of, and waited for.
            Pulse.beat();
            try {
                journal.append(batch);
                told("");
                return;
            } catch (JournalUnavailableException e) {
                told(String.valueOf(e.getMessage()));
                if (givingUp.get()) {
                    throw new InterruptedException("stopped while the journal was unavailable");
                }
                Thread.sleep(retryAfter.multipliedBy(Math.min(tries, MAX_FACTOR)));
            }
        }
    }

    /** From now on one refusal ends it. */
    void giveUp() {
        givingUp.set(true);
    }

    /** Why nothing can be appended now; empty when it can. */
    String trouble() {
        return trouble;
    }

    private void told(String now) {
        if (!now.equals(trouble)) {
            if (now.isEmpty()) {
                LOG.info("The journal takes verdicts again");
            } else {
                LOG.warn("{} Readings wait in their sources; nothing is lost.", now);
            }
            trouble = now;
        }
    }
}
