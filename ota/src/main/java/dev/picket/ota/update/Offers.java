package dev.picket.ota.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.tuf.SignedTime;
import dev.picket.ota.tuf.TrustedTargets;
import dev.picket.ota.tuf.TufClient;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the repository offers now: refreshes first, and saves what a refresh says of the time, or of a refusal. */
final class Offers {
    private static final Logger log = LoggerFactory.getLogger(Offers.class);

    private final UpdateSettings settings;
    private final TufClient client;
    private final Steps steps;
    private final Errands errands;
    private final Refreshed refreshed;
    private final Lookout lookout;

    Offers(
            UpdateSettings settings,
            TufClient client,
            Steps steps,
            Errands errands,
            Refreshed refreshed,
            Lookout lookout) {
        this.settings = settings;
        this.client = client;
        this.steps = steps;
        this.errands = errands;
        this.refreshed = refreshed;
        this.lookout = lookout;
    }

    /** The Set that the channel names, as it is to be installed; empty when there is nothing to do. */
    Optional<InstalledSet> byChannel() throws UnavailableException, InterruptedException {
        String label = "";
        try {
            Offer offer = refresh(Wishes.Wanted.BY_CHANNEL);
            String path = errands.prepare(Wishes.Wanted.BY_CHANNEL, offer::channel);
            if (steps.state().orders().passedOver().contains(path)) {
                return Optional.empty();
            }
            InstalledSet offered = errands.prepare(Wishes.Wanted.BY_CHANNEL, () -> offer.read(path));
            label = offered.label();
            return new Admission(steps.state(), settings).admit(offered);
        } catch (RejectedException e) {
            refusedUnseen(label, e, "");
            return Optional.empty();
        }
    }

    Offer refresh(InstallOrder order) throws RejectedException, UnavailableException, InterruptedException {
        try {
            return refresh(Wishes.Wanted.by(order));
        } catch (RejectedException e) {
            if (order.patient()) {
                throw waiting(e);
            }
            throw e;
        }
    }

    InstalledSet read(Offer offer, InstallOrder order)
            throws RejectedException, UnavailableException, InterruptedException {
        try {
            return errands.prepare(Wishes.Wanted.by(order), () -> offer.read(order.set()));
        } catch (RejectedException e) {
            if (order.patient() && e.reason() == Reason.MISSING) {
                throw waiting(e);
            }
            throw e;
        }
    }

    /** What the channel names beside the order; empty where it is the same Set, or nothing that can be taken. */
    String channelBeside(InstallOrder order, Offer offer) throws UnavailableException, InterruptedException {
        try {
            String channel = errands.prepare(Wishes.Wanted.by(order), offer::channel);
            return channel.equals(order.set()) ? "" : channel;
        } catch (RejectedException e) {
            log.warn("The channel names no Set beside the one that was ordered: {}", e.getMessage());
            return "";
        }
    }

    /** What was offered could not be taken: told, and saved only when it is another refusal than the last one. */
    void refusedUnseen(String label, RejectedException why, String order) throws UnavailableException {
        Ended end = new Ended(
                label,
                "",
                Step.REJECTED,
                Optional.of(why.reason()),
                String.valueOf(why.getMessage()),
                steps.now(),
                order);
        Ended last = steps.state().last();
        if (last == null || !last.sameAs(end)) {
            steps.save(steps.state().ended(end));
        }
    }

    private Offer refresh(Wishes.Wanted by) throws RejectedException, UnavailableException, InterruptedException {
        Instant clock = steps.clock();
        SignedTime floor = steps.state().clockFloor();
        TrustedTargets targets = errands.prepare(by, () -> {
            TrustedTargets trusted = client.refresh(clock, floor);
            refreshed.targets(trusted);
            return trusted;
        });
        lookout.refreshed();
        if (!targets.signedTime().equals(floor)) {
            steps.save(steps.state().clockFloor(targets.signedTime()));
        }
        return new Offer(targets, settings);
    }

    /** Nothing is wrong with the Set itself. */
    private static UnavailableException waiting(RejectedException e) {
        return new UnavailableException(String.valueOf(e.getMessage()), e);
    }
}
