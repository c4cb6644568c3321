package dev.picket.agent.uplink;

import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.inference.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends rows again that the journal holds, beside the send flow: over the same connection and its window, and without
 * touching what is marked. A page that was not acknowledged whole is sent again, on the next connection if need be.
 */
public final class Resending {
    private static final Logger LOG = LoggerFactory.getLogger(Resending.class);

    /**
     * @param page rows read at a time, and under way at once
     * @param patience how long a row may wait for its place, and a page for its acknowledgements
     * @param idle how long to wait for a connection before looking again
     * @param life how long the broker is to keep a row at least, whatever is left of its own life
     * @param ranges the most ranges of missing rows that are told
     */
    public record Pace(int page, Duration patience, Duration idle, Duration life, int ranges) {}

    /** Rows that are not held, both ends included. */
    public record Range(long from, long to) {}

    /**
     * @param rows acknowledged by the broker
     * @param missing the first of the ranges that are not held
     * @param refusedBecause the broker's reason code for those that it refused; 0: it refused none
     */
    public record Sent(long rows, long missingRows, List<Range> missing, int refusedBecause) {}

    private final Journal journal;
    private final CurrentConnection current;
    private final EventEncoder encoder;
    private final Meter meter;
    private final Pace pace;

    public Resending(Journal journal, CurrentConnection current, EventEncoder encoder, Meter meter, Pace pace) {
        this.journal = journal;
        this.current = current;
        this.encoder = encoder;
        this.meter = meter;
        this.pace = pace;
    }

    /**
     * Sends all that is held from {@code from} to {@code to}, and waits as long as it takes.
     *
     * @param progress told after each page
     */
    public Sent send(Priority priority, long from, long to, Consumer<String> progress)
            throws JournalUnavailableException, InterruptedException {
        Tally tally = new Tally(pace.ranges());
        long next = from;
        while (next <= to && tally.refusedBecause == 0) {
            List<PendingVerdict> page = journal.held(priority, next, to, pace.page());
            tally.refusedBecause = page.isEmpty() ? 0 : deliver(page);
            for (PendingVerdict row : page) {
                tally.missing(next, row.seq() - 1);
                tally.rows++;
                next = row.seq() + 1;
            }
            if (page.isEmpty()) {
                tally.missing(next, to);
                next = to + 1;
            }
            progress.accept("%d rows sent, through %d of %d".formatted(tally.rows, Math.min(next - 1, to), to));
        }
        return tally.sent();
    }

    /** Until the broker has answered for every row of the page; the reason code of a refusal, 0 where there was none. */
    private int deliver(List<PendingVerdict> page) throws InterruptedException {
        while (true) {
            CurrentConnection.Up up = current.await(pace.idle());
            if (up == null) {
                continue;
            }
            Answers answers = new Answers(page.size());
            try {
                for (PendingVerdict row : page) {
                    Message event = encoder.encode(lasting(row), up.since());
                    if (PacketSize.of(event) > up.connection().maximumPacketBytes()) {
                        answers.acknowledged();
                        LOG.warn("The row {} is larger than the broker takes; it is not sent again", row.id());
                        continue;
                    }
                    awaitMeter(PacketSize.of(event));
                    if (!up.connection().publish(event, answers, pace.patience())) {
                        answers.lost();
                    }
                }
                if (answers.all(pace.patience())) {
                    return answers.refusedBecause.get();
                }
            } catch (BrokerUnavailableException e) {
                LOG.debug("Sending again waits for the next connection: {}", e.getMessage());
            }
        }
    }

    /** These rows are as little urgent as any: a metered link holds them back as it does the others. */
    private void awaitMeter(long bytes) throws InterruptedException {
        for (long nanos = heldFor(bytes); nanos > 0; nanos = heldFor(bytes)) {
            TimeUnit.NANOSECONDS.sleep(nanos);
        }
    }

    private long heldFor(long bytes) {
        return meter.untilRowMayGo(bytes, pace.idle().toNanos()).nanos();
    }

    private PendingVerdict lasting(PendingVerdict row) {
        Duration life = row.lifeLeft().compareTo(pace.life()) < 0 ? pace.life() : row.lifeLeft();
        return new PendingVerdict(row.epoch(), row.priority(), row.seq(), row.writtenAt(), life, row.verdict());
    }

    /** What was found and sent so far. */
    private static final class Tally {
        private final int ranges;
        private final List<Range> missing = new ArrayList<>();
        private long rows;
        private long missingRows;
        private int refusedBecause;

        Tally(int ranges) {
            this.ranges = ranges;
        }

        void missing(long from, long to) {
            if (to < from) {
                return;
            }
            missingRows += to - from + 1;
            if (missing.size() < ranges) {
                missing.add(new Range(from, to));
            }
        }

        Sent sent() {
            return new Sent(rows, missingRows, List.copyOf(missing), refusedBecause);
        }
    }

    /** The broker's answers for one page; on the link's threads. */
    private static final class Answers implements Delivery {
        private final CountDownLatch open;
        private final AtomicInteger lost = new AtomicInteger();
        private final AtomicInteger refusedBecause = new AtomicInteger();

        Answers(int rows) {
            this.open = new CountDownLatch(rows);
        }

        @Override
        public void acknowledged() {
            open.countDown();
        }

        @Override
        public void refused(int reasonCode) {
            refusedBecause.set(reasonCode);
            open.countDown();
        }

        @Override
        public void lost() {
            lost.incrementAndGet();
            open.countDown();
        }

        boolean all(Duration patience) throws InterruptedException {
            return open.await(patience.toMillis(), TimeUnit.MILLISECONDS) && lost.get() == 0;
        }
    }
}
