package dev.picket.agent.uplink;

import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.pulse.Pulse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is in the journal over one connection, until it ends.
 *
 * <pre>
 *   gate open? -> a page of rows -> gaps told -> each row: held? too large? metered? -> place -> handed over -> published
 * </pre>
 *
 * The window slides across pages: nothing ever waits for a page to be acknowledged. The page is read before the gaps, so
 * each gap that it skips is told before the rows behind it.
 */
final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final String TOO_LARGE = "too-large";
    /** A page read longer ago than this is given up for a new one when rows came in, which may be more urgent. */
    private static final long STALE_PAGE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** The first page is small, so that the first row goes as soon with a million behind it as alone. */
    private static final int FIRST_PAGE = 16;
    /** Rows read at a time where a meter lets them go slowly. */
    private static final int METERED_PAGE = 50;
    /** The longest wait after a refusal, in pauses. */
    private static final int LONGEST_PAUSE = 16;

    private final Uplink.Parts parts;
    private final Uplink.Pace pace;
    private final CurrentConnection.Up up;
    private final HeldBack heldBack;
    private final Semaphore appended;
    private final BooleanSupplier stopping;
    private final Holds holds;
    private final GapTeller gaps;
    private final Lanes lanes;
    private boolean waits;
    private int rampRows = FIRST_PAGE;

    Drain(
            Uplink.Parts parts,
            Uplink.Pace pace,
            CurrentConnection.Up up,
            HeldBack heldBack,
            Semaphore appended,
            BooleanSupplier stopping)
            throws JournalUnavailableException {
        this.parts = parts;
        this.pace = pace;
        this.up = up;
        this.heldBack = heldBack;
        this.appended = appended;
        this.stopping = stopping;
        this.holds = new Holds(this::backoff);
        this.gaps = new GapTeller(
                parts.journal(), parts.dropped(), up.connection(), pace.ackTimeout(), backoff(), appended::release);
        this.lanes = Lanes.begin(parts.order(), parts.journal(), parts.marks());
    }

    private Backoff backoff() {
        return new Backoff(pace.pause(), pace.pause().multipliedBy(LONGEST_PAUSE), RandomGenerator.getDefault());
    }

    String trouble() {
        return Stream.of(holds.trouble(), gaps.trouble())
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining(" "));
    }

    void run() throws BrokerUnavailableException, JournalUnavailableException, InterruptedException {
        while (goesOn()) {
            appended.drainPermits();
            List<Lanes.Next> page = lanes.page(pageSize(), holds::held);
            if (!parts.gate().isOpen()) {
                waits = true;
                waitForConsole(page);
            } else if (gaps.tell(this::admits)) {
                send(page);
                if (page.isEmpty()) {
                    await(holds.untilNextLook(pace.idle()));
                }
            }
        }
    }

    private boolean goesOn() {
        Pulse.beat();
        return !stopping.getAsBoolean() && up.connection().isOpen();
    }

    private int pageSize() {
        if (waits) {
            // One is enough to know that some do.
            return 1;
        }
        int most = parts.meter().isPaced() ? Math.min(METERED_PAGE, pace.page()) : pace.page();
        int size = Math.min(most, rampRows);
        rampRows = Math.min(most, rampRows * 2);
        return size;
    }

    private void waitForConsole(List<Lanes.Next> page) throws InterruptedException {
        if (!page.isEmpty()) {
            heldBack.say(
                    "The console is not online under " + Topics.CONSOLE_STATUS
                            + ", so rows wait; start it, or set uplink.wait-for-console to false.",
                    true);
        }
        await(pace.idle());
        waits = !parts.gate().isOpen();
    }

    private void send(List<Lanes.Next> page)
            throws BrokerUnavailableException, JournalUnavailableException, InterruptedException {
        long readAt = System.nanoTime();
        for (Lanes.Next each : page) {
            boolean stale = appended.availablePermits() > 0 && System.nanoTime() - readAt > STALE_PAGE_NANOS;
            if (stale || !goesOn() || !parts.gate().isOpen() || !offer(each)) {
                return;
            }
        }
    }

    /** Hands one row over, or passes it over where it cannot go; false when a new page must be read first. */
    private boolean offer(Lanes.Next next)
            throws BrokerUnavailableException, JournalUnavailableException, InterruptedException {
        if (holds.held(next.row().priority())) {
            return true;
        }
        Message event = parts.encoder().encode(next.row(), up.since());
        long bytes = PacketSize.of(event);
        if (bytes > up.connection().maximumPacketBytes()) {
            dropTooLarge(next, bytes);
            return false;
        }
        if (!admits(bytes)) {
            return false;
        }
        if (!parts.marks().reserve(pace.ackTimeout())) {
            // Not the broker's fault alone: a journal that cannot be written holds the places, too.
            LOG.warn("No row was marked as sent for {} ms", pace.ackTimeout().toMillis());
            return false;
        }
        Lane.Row row = parts.marks().handOver(next.lane(), next.row().seq());
        if (row != null) {
            publish(event, new Sent(row));
        }
        return true;
    }

    private void dropTooLarge(Lanes.Next next, long bytes) throws JournalUnavailableException {
        LOG.error(
                "The row {} makes a packet of {} bytes, more than the {} that the broker takes, and is dropped",
                next.row().id(),
                bytes,
                up.connection().maximumPacketBytes());
        parts.journal().drop(next.row().priority(), next.row().seq(), next.row().seq(), TOO_LARGE);
        parts.marks().pass(next.lane(), next.row().seq());
    }

    /** Waits until the meter lets so many bytes go; false when rows came in meanwhile, or it does not soon. */
    private boolean admits(long bytes) throws InterruptedException {
        while (goesOn()) {
            Meter.Wait wait = parts.meter().untilRowMayGo(bytes, pace.idle().toNanos());
            waits = wait.trouble();
            if (wait.nanos() == 0) {
                return true;
            }
            heldBack.say(wait.reason(), wait.trouble());
            boolean woken = await(Duration.ofNanos(wait.nanos()));
            if (woken || wait.trouble()) {
                return false;
            }
        }
        return false;
    }

    private boolean await(Duration most) throws InterruptedException {
        return appended.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void publish(Message event, Sent sent) throws BrokerUnavailableException, InterruptedException {
        boolean handedOver = false;
        try {
            handedOver = up.connection().publish(event, sent, pace.ackTimeout());
        } finally {
            if (!handedOver) {
                parts.marks().failed(sent.row);
            }
        }
        if (!handedOver) {
            up.connection().abort();
            throw new BrokerUnavailableException(
                    "The broker acknowledged nothing for %d ms, with %d publications in flight"
                            .formatted(
                                    pace.ackTimeout().toMillis(),
                                    up.connection().window()));
        }
    }

    private final class Sent implements Delivery {
        private final Lane.Row row;

        Sent(Lane.Row row) {
            this.row = row;
        }

        @Override
        public void acknowledged() {
            holds.acknowledged(row.lane().priority(), row.seq());
            parts.marks().acknowledged(row);
        }

        @Override
        public void refused(int reasonCode) {
            // Held before it is given back, so that it is not offered again at once.
            if (holds.refused(row.lane().priority(), row.seq(), reasonCode)) {
                LOG.error(
                        "The broker refuses verdicts of priority {} with reason code {}; they wait in the journal",
                        row.lane().priority().wireName(),
                        reasonCode);
            }
            parts.marks().failed(row);
        }

        @Override
        public void lost() {
            parts.marks().failed(row);
        }
    }
}
