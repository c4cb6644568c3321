package dev.picket.agent.uplink;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before the next attempt to connect, and whether another client uses our identifier.
 *
 * <pre>
 *   ALONE --taken over so many times within a while--> CONTESTED --a connection that lasts long enough--> ALONE
 * </pre>
 *
 * While CONTESTED each takeover is followed by a wait of minutes: two gateways with one identifier would else end each
 * other's connection for ever, and nothing would get through. The broker keeps the session meanwhile, and commands with
 * it. One takeover alone is nothing: it may be a connection of our own that the broker thought alive.
 */
public final class Retries {
    /** A connection that lasted this long was a good one: the waits begin anew after it. */
    private static final Duration STABLE = Duration.ofSeconds(10);

    /**
     * @param times how many takeovers are one too many
     * @param within the time in which they come
     * @param calm how long a connection must last until the other client counts as gone
     */
    public record Contest(int times, Duration within, Duration calm) {}

    private final String clientId;
    private final Contest contest;
    private final Backoff usual;
    private final Backoff contested;
    private final LongSupplier nanoTime;
    private final Deque<Long> takeovers = new ArrayDeque<>();
    private @Nullable Duration wait;

    /** @param contested the waits while another client uses our identifier */
    public Retries(String clientId, Contest contest, Backoff usual, Backoff contested, LongSupplier nanoTime) {
        this.clientId = clientId;
        this.contest = contest;
        this.usual = usual;
        this.contested = contested;
        this.nanoTime = nanoTime;
    }

    /**
     * @param ending how the connection ended; null when none came about
     * @param lasted how long the attempt and its connection took together
     */
    synchronized Duration next(@Nullable Ending ending, Duration lasted) {
        if (lasted.compareTo(STABLE) >= 0) {
            usual.reset();
        }
        if (lasted.compareTo(contest.calm()) >= 0) {
            alone();
        }
        if (ending != null && ending.takenOver()) {
            note(nanoTime.getAsLong());
            if (wait != null || takeovers.size() >= contest.times()) {
                wait = contested.next();
                return wait;
            }
        }
        return usual.next();
    }

    /** The connection that is up has lasted so long. */
    synchronized void lasts(Duration since) {
        if (wait != null && since.compareTo(contest.calm()) >= 0) {
            alone();
        }
    }

    private void note(long now) {
        takeovers.addLast(now);
        while (now - takeovers.getFirst() > contest.within().toNanos() || takeovers.size() > contest.times()) {
            takeovers.removeFirst();
        }
    }

    private void alone() {
        wait = null;
        takeovers.clear();
        contested.reset();
    }

    /** One sentence while another client uses our identifier, else empty. */
    public synchronized String trouble() {
        Duration now = wait;
        return now == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "duplicate-identity: another client connects to the broker as '%s' and ends our connections, so we"
                                + " wait %d s before each; give every gateway its own name or uplink.client-id.",
                        clientId,
                        Math.max(1, now.toSeconds()));
    }
}
