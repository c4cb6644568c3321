package dev.picket.agent.uplink;

import dev.picket.agent.journal.Gap;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the fleet of unsent rows that were dropped, over one connection and before the rows behind them. A gap leaves the
 * journal once the broker has acknowledged its event; a crash before that tells it again, under the same id.
 *
 * <p>Where the broker refuses such events, rows go on without them and the gaps wait: nobody should lose alarms because
 * an access list forgets a topic.
 */
final class GapTeller {
    private static final Logger LOG = LoggerFactory.getLogger(GapTeller.class);
    /** How many are read at a time, and in flight at most. */
    private static final int AT_A_TIME = 100;

    private record Answer(Gap gap, int refusedCode) {}

    private final Journal journal;
    private final DroppedEncoder encoder;
    private final BrokerConnection connection;
    private final Duration ackTimeout;
    private final Backoff backoff;
    private final Runnable wake;
    private final Set<String> inFlight = new HashSet<>();
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private long refusedUntilNanos;
    private volatile int refusedCode;

    /** Asked before each event. */
    @FunctionalInterface
    interface Admission {
        boolean admits(long bytes) throws InterruptedException;
    }

    /** @param wake called when an answer has come, on the link's thread */
    GapTeller(
            Journal journal,
            DroppedEncoder encoder,
            BrokerConnection connection,
            Duration ackTimeout,
            Backoff backoff,
            Runnable wake) {
        this.journal = journal;
        this.encoder = encoder;
        this.connection = connection;
        this.ackTimeout = ackTimeout;
        this.backoff = backoff;
        this.wake = wake;
    }

    /** Hands over what there is to tell; false when some of it may not go now, so that rows may not, either. */
    boolean tell(Admission admission)
            throws JournalUnavailableException, BrokerUnavailableException, InterruptedException {
        take(new ArrayList<>());
        while (refusedCode == 0 || System.nanoTime() - refusedUntilNanos >= 0) {
            List<Gap> gaps = journal.gaps(AT_A_TIME);
            for (Gap gap : gaps) {
                if (!inFlight.contains(gap.id()) && !hand(gap, admission)) {
                    return false;
                }
            }
            if (gaps.size() < AT_A_TIME) {
                return true;
            }
            awaitAnswer();
        }
        return true;
    }

    /** A sentence when the broker refuses the events; else empty. */
    String trouble() {
        int code = refusedCode;
        return code == 0
                ? ""
                : "The broker refuses events of dropped rows with reason code " + code
                        + "; they wait in the journal; allow the topic 'dropped' to this client.";
    }

    private boolean hand(Gap gap, Admission admission) throws BrokerUnavailableException, InterruptedException {
        Message event = encoder.encode(gap);
        if (!admission.admits(PacketSize.of(event))) {
            return false;
        }
        inFlight.add(gap.id());
        if (!connection.publish(event, new Told(gap), ackTimeout)) {
            connection.abort();
            throw new BrokerUnavailableException("The broker acknowledged nothing for %d ms, with dropped rows to tell"
                    .formatted(ackTimeout.toMillis()));
        }
        return true;
    }

    private void awaitAnswer() throws JournalUnavailableException, BrokerUnavailableException, InterruptedException {
        Answer answer = answers.poll(ackTimeout.toNanos(), TimeUnit.NANOSECONDS);
        if (answer == null) {
            connection.abort();
            throw new BrokerUnavailableException("The broker did not acknowledge events of dropped rows within %d ms"
                    .formatted(ackTimeout.toMillis()));
        }
        List<Answer> first = new ArrayList<>();
        first.add(answer);
        take(first);
    }

    private void take(List<Answer> come) throws JournalUnavailableException {
        answers.drainTo(come);
        List<Gap> told = new ArrayList<>();
        for (Answer each : come) {
            inFlight.remove(each.gap().id());
            if (each.refusedCode() == 0) {
                told.add(each.gap());
            }
            noteRefusal(each.refusedCode());
        }
        journal.markTold(told);
    }

    private void noteRefusal(int code) {
        if (code == 0) {
            backoff.reset();
        } else {
            if (refusedCode == 0) {
                LOG.error("The broker refuses events of dropped rows with reason code {}; they wait", code);
            }
            refusedUntilNanos = System.nanoTime() + backoff.next().toNanos();
        }
        refusedCode = code;
    }

    private final class Told implements Delivery {
        private final Gap gap;

        Told(Gap gap) {
            this.gap = gap;
        }

        @Override
        public void acknowledged() {
            answer(0);
        }

        @Override
        public void refused(int reasonCode) {
            answer(reasonCode);
        }

        @Override
        public void lost() {
            // The connection is over, and with it who would take the answer.
        }

        private void answer(int code) {
            answers.add(new Answer(gap, code));
            wake.run();
        }
    }
}
