package dev.picket.agent;

import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.drift.DriftWatch;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.pulse.Pulse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done beside the flows: the journal is erased once it is old and checked after an unclean start; drift is looked for.
 */
final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    private final PicketConfig config;
    private final Journal journal;
    private final DriftWatch drift;
    private final Threads threads = new Threads();
    private final CountDownLatch stopped = new CountDownLatch(1);

    Upkeep(PicketConfig config, Journal journal, DriftWatch drift) {
        this.config = config;
        this.journal = journal;
        this.drift = drift;
    }

    void start(Pulse pulse) {
        threads.start("sweep", pulse.watched("sweep", Silences.DISK, this::sweep));
        if (config.drift().enabled()) {
            threads.start("drift", pulse.watched("drift", Silences.DISK, this::watchDrift));
        }
        if (!journal.stoppedCleanly()) {
            threads.start("journal-check", this::check);
        }
    }

    /** Tells it to end, without waiting. */
    void stop() {
        stopped.countDown();
    }

    @Override
    public void close() {
        stop();
        threads.join(STOP_WITHIN);
    }

    /** Erases what is past its retention, now and then. */
    private void sweep() {
        try {
            do {
                try {
                    journal.sweep(config.retention());
                } catch (JournalUnavailableException e) {
                    LOG.warn("The journal could not be swept, the next try follows: {}", e.getMessage());
                }
                Pulse.rest(config.journal().sweepEvery());
            } while (!stopped.await(config.journal().sweepEvery().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.debug("The sweep was told to stop");
        }
    }

    private void watchDrift() {
        try {
            do {
                drift.round();
                Pulse.rest(drift.rest());
            } while (!stopped.await(drift.rest().toMillis(), TimeUnit.MILLISECONDS));
            drift.save();
        } catch (InterruptedException e) {
            LOG.debug("The drift watch was told to stop");
        }
    }

    /** After an unclean start only, and beside the flows, since it takes longer the larger the file is. */
    private void check() {
        try {
            if (journal.quickCheck().isEmpty()) {
                LOG.debug("The journal is whole");
            }
        } catch (JournalUnavailableException e) {
            LOG.warn("The journal could not be checked: {}", e.getMessage());
        }
    }
}
