package dev.picket.agent.uplink;

import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.pulse.Pulse;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The send flow: {@code Journal.pending -> BrokerConnection.publish -> (acknowledged) -> SentMarks -> Journal.markSent},
 * one {@link Drain} a connection.
 *
 * <p>What is under way is known by one number a lane, the last seq handed over on this connection; a new connection begins
 * without it, from what the journal says. So a row is sent until it is marked, in the order of its seq, and always with
 * the same id.
 *
 * <p>A crash, a lost connection or a lost acknowledgement: sent again. A full journal: marked later. A broker that refuses
 * a row: its priority waits and goes on from that row after a pause, the others go on meanwhile ({@link Holds}). A row
 * above the broker's maximum packet size becomes a gap, since sending it would end the connection; gaps are told
 * ({@link GapTeller}).
 */
public final class Uplink implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Uplink.class);

    /**
     * @param page rows read at a time
     * @param ackTimeout how long nothing may be acknowledged before the connection counts as dead
     * @param idle the longest wait for a row or a connection before looking again
     * @param pause the wait after a fault of the journal, and the first one after a refusal
     */
    public record Pace(int page, Duration ackTimeout, Duration idle, Duration pause) {}

    /** What the uplink works with. */
    public record Parts(
            Journal journal,
            EventEncoder encoder,
            DroppedEncoder dropped,
            SentMarks marks,
            Meter meter,
            ConsoleGate gate,
            UplinkConfig.Order order) {}

    private final Parts parts;
    private final CurrentConnection current;
    private final Pace pace;
    private final HeldBack heldBack = new HeldBack();
    private final Semaphore appended = new Semaphore(0);
    private volatile @Nullable Drain drain;
    private volatile boolean stopping;

    public Uplink(Parts parts, CurrentConnection current, Pace pace) {
        this.parts = parts;
        this.current = current;
        this.pace = pace;
    }

    /** Rows were appended, or the console has come; for {@link Journal#onAppend} and {@link ConsoleGate#onOpen}. */
    public void wake() {
        if (appended.availablePermits() == 0) {
            appended.release();
        }
    }

    /** Why verdicts stay although the broker is there; empty when none does. */
    public String trouble() {
        Drain now = drain;
        return Stream.of(now == null ? "" : now.trouble(), heldBack.trouble())
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining(" "));
    }

    /** Why rows wait by the gateway's own rules; empty when none do. */
    public String heldBack() {
        return heldBack.sentence();
    }

    public void stop() {
        stopping = true;
        wake();
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                Pulse.beat();
                CurrentConnection.Up up = current.await(pace.idle());
                if (up != null && parts.marks().settled(pace.ackTimeout())) {
                    drainUntilTrouble(up);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("The uplink's thread was interrupted and ends; the journal has what was not sent");
        }
    }

    private void drainUntilTrouble(CurrentConnection.Up up) throws InterruptedException {
        try {
            Drain fresh = new Drain(parts, pace, up, heldBack, appended, () -> stopping);
            drain = fresh;
            fresh.run();
        } catch (BrokerUnavailableException e) {
            LOG.debug("Sending stopped: {}", e.getMessage());
        } catch (JournalUnavailableException e) {
            LOG.error("Nothing is sent, because the journal cannot be read: {}", e.getMessage());
            appended.tryAcquire(pace.pause().toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
