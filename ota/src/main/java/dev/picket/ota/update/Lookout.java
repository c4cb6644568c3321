package dev.picket.ota.update;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.tuf.SignedTime;
import dev.picket.ota.tuf.TrustedTargets;
import dev.picket.ota.tuf.TufClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refreshes now and then while a trial goes on, which may take days, so that new command keys and what the channel names
 * do not wait for its end. The updater's thread begins and takes back each refresh, and alone saves what it means; so
 * there is never more than one user of the client.
 */
final class Lookout {
    private static final Logger log = LoggerFactory.getLogger(Lookout.class);

    private final TufClient client;
    private final UpdateSettings settings;
    private final Refreshed refreshed;
    private final LongSupplier nanoTime;
    private @Nullable Errand<Seen> errand;
    private @Nullable Long lastNanos;
    private boolean another;

    /**
     * What fresh metadata say.
     *
     * @param signedTime the floor of clocks from now on
     * @param channel the path of the Set that the channel names; empty where it could not be read
     */
    record Seen(SignedTime signedTime, Optional<String> channel) {}

    Lookout(TufClient client, UpdateSettings settings, Refreshed refreshed, LongSupplier nanoTime) {
        this.client = client;
        this.settings = settings;
        this.refreshed = refreshed;
        this.nanoTime = nanoTime;
    }

    /** A refresh was made otherwise: the next one is due an interval later. */
    void refreshed() {
        lastNanos = nanoTime.getAsLong();
        another = false;
    }

    /** The channel has named another Set than the one on trial, so a poll is due when the trial has ended. */
    boolean sawAnother() {
        return another;
    }

    void anotherIsNamed() {
        another = true;
    }

    /** What a refresh has brought since the last call; begins the next one where it is due. */
    Optional<Seen> look(Instant clock, SignedTime floor) {
        if (errand != null && errand.isDone()) {
            Errand<Seen> done = errand;
            errand = null;
            return Optional.ofNullable(taken(done));
        }
        if (errand == null && isDue()) {
            lastNanos = nanoTime.getAsLong();
            errand = Errand.begin(() -> seen(clock, floor));
        }
        return Optional.empty();
    }

    /** Ends a refresh that is under way; the next {@link #look} begins it again. */
    void end() {
        if (errand != null) {
            errand.close();
            errand = null;
            lastNanos = null;
        }
    }

    private boolean isDue() {
        Duration every = settings.lookEvery();
        return every.isPositive() && (lastNanos == null || nanoTime.getAsLong() - lastNanos >= every.toNanos());
    }

    private Seen seen(Instant clock, SignedTime floor)
            throws RejectedException, UnavailableException, InterruptedException {
        TrustedTargets targets = client.refresh(clock, floor);
        refreshed.targets(targets);
        return new Seen(targets.signedTime(), channel(targets));
    }

    private Optional<String> channel(TrustedTargets targets) throws UnavailableException, InterruptedException {
        try {
            return Optional.of(new Offer(targets, settings).channel());
        } catch (RejectedException e) {
            log.debug("The channel cannot be read", e);
            return Optional.empty();
        }
    }

    private static @Nullable Seen taken(Errand<Seen> done) {
        try {
            return done.end();
        } catch (RejectedException | UnavailableException | IOException e) {
            log.warn("The repository could not be read while a trial goes on: {}", e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return null;
    }
}
