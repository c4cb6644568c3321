package dev.picket.ota.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.store.FileStore;
import dev.picket.ota.store.SetFolder;
import dev.picket.ota.tuf.TrustedTargets;
import dev.picket.ota.tuf.TufClient;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries an update through its steps:
 *
 * <pre>
 * IDLE -> FETCHING -> VERIFIED -> STAGED -> EXAM -> SHADOW -> SWITCHED -> PROBATION -> COMMITTED
 *               any failure before SWITCHED: -> REJECTED(reason), nothing changed
 *               any failure after it:        -> ROLLED_BACK(reason), the last good Set runs
 * </pre>
 *
 * {@link Transitions} has every state, event and next state.
 *
 * <p>Each step is saved before it is taken, and taking it twice does no harm; so a restart goes on with the step that is
 * saved, and the active Set that is saved is there whole. A step that the process died in too often counts as failed.
 * The bytes of a Set are fetched only right after a refresh that still names it.
 *
 * <p>Not for more than one thread, but for {@link #status}, {@link #now} and {@link #recall}.
 */
public final class Updater {
    private static final Logger log = LoggerFactory.getLogger(Updater.class);

    private final UpdateSettings settings;
    private final TufClient client;
    private final FileStore store;
    private final Steps steps;
    private final Refreshed refreshed;

    private Updater(UpdateSettings settings, TufClient client, FileStore store, Steps steps, Refreshed refreshed) {
        this.settings = settings;
        this.client = client;
        this.store = store;
        this.steps = steps;
        this.refreshed = refreshed;
    }

    /**
     * Reads the saved state; nothing is loaded or switched before {@link #resume}.
     *
     * @param listener told after each saved step, on the updater's thread
     * @param refreshed told after each refresh, on the updater's thread
     * @throws UnavailableException when the state cannot be read; its message says which file
     */
    public static Updater open(
            StateFile file,
            UpdateSettings settings,
            TufClient client,
            FileStore store,
            Trial trial,
            InstantSource clock,
            Consumer<UpdateStatus> listener,
            Refreshed refreshed)
            throws UnavailableException {
        try {
            store.open();
            Steps steps = new Steps(file, file.read(), settings, store, trial, clock, listener);
            return new Updater(settings, client, store, steps, refreshed);
        } catch (IOException e) {
            throw new UnavailableException("The store of updates cannot be opened: " + e.getMessage() + ".", e);
        }
    }

    /** Where things stand; may be called from any thread. */
    public UpdateStatus status() {
        return steps.status();
    }

    /** The Set that runs, or should. */
    public Optional<SetFolder> active() {
        return Optional.ofNullable(state().active()).map(store::folder);
    }

    /** What now counts as now: the system's clock, but never before this agent was built or the last {@code issued}. */
    public Instant now() {
        return steps.now();
    }

    /** Why the active Set cannot be loaded any more, as one sentence; empty while it can. */
    public Optional<String> damage() {
        return steps.serving().damage();
    }

    /**
     * Makes the saved active Set serve, then finishes or takes back what a restart interrupted. Called first, and again
     * until it returns. Where the active Set, proved before, cannot be loaded any more, the newest one before it that can
     * serves until {@link #poll} has repaired it; see {@link #damage}.
     */
    public void resume() throws UnavailableException, InterruptedException {
        steps.resume();
    }

    /**
     * Refreshes, and takes the Set that the channel names as far as it goes: to COMMITTED, REJECTED or ROLLED_BACK, or to
     * SHADOW where that holds for want of readings. Until it has them, another that the channel names takes its place.
     *
     * @return where things stand afterwards; a refusal is told there, not thrown
     * @throws UnavailableException when something could not be had now; the next poll goes on
     */
    public UpdateStatus poll() throws UnavailableException, InterruptedException {
        driveUnlessHeld();
        Optional<InstalledSet> offered = offered();
        steps.serving().repair(state());
        if (goesOn(offered)) {
            steps.drive();
        } else if (offered.isPresent()) {
            take(offered.get(), state().orders().byChannel());
        } else if (state().candidate() != null) {
            steps.save(state().on(Event.WITHDRAWN).candidate(null));
            steps.release();
        }
        return steps.status();
    }

    /** Whether what is held in the shadow is still wanted: the channel names it, or people ordered it. */
    private boolean goesOn(Optional<InstalledSet> offered) {
        return steps.isHeld()
                && (!state().orders().current().isEmpty()
                        || offered.filter(this::isHeld).isPresent());
    }

    private boolean isHeld(InstalledSet set) {
        InstalledSet candidate = state().candidate();
        return steps.isHeld() && candidate != null && candidate.identity().equals(set.identity());
    }

    private void driveUnlessHeld() throws UnavailableException, InterruptedException {
        if (!steps.isHeld()) {
            steps.drive();
        }
    }

    /**
     * Takes a Set that people ordered, as far as it goes. The channel does not undo it before it names another Set than
     * it does now.
     *
     * @return how it ended, or what kept it from being begun; COMMITTED also where it runs already
     * @throws UnavailableException when something could not be had now; what came of it stays, for the same order again
     */
    public Ended install(InstallOrder order) throws UnavailableException, InterruptedException {
        driveUnlessHeld();
        Optional<Ended> before = end(order.id());
        if (before.isPresent()) {
            return before.get();
        }
        String label = "";
        try {
            if (steps.isWithdrawn(order.id())) {
                throw new RejectedException(Reason.ORDERED, "The order was taken back before it was begun.");
            }
            Offer offer = refresh(order);
            InstalledSet ordered = read(offer, order);
            label = ordered.label();
            Optional<InstalledSet> whole =
                    new Admission(state(), settings).admit(ordered, order.downgrade(), order.again());
            Orders orders = state().orders().begin(order.id(), order.set(), channelBeside(order, offer));
            steps.serving().repair(state());
            if (whole.isEmpty()) {
                steps.save(state().orders(orders.committed()));
                return ended(label, Step.COMMITTED, Optional.empty(), "It runs already.", order.id());
            }
            if (isHeld(whole.get())) {
                steps.save(state().orders(orders));
                steps.drive();
            } else {
                take(whole.get(), orders);
            }
            if (steps.isHeld()) {
                throw new UnavailableException("Set " + label + " waits in the shadow for more readings.");
            }
            return end(order.id()).orElseGet(() -> Objects.requireNonNull(state().last()));
        } catch (RejectedException e) {
            refusedUnseen(label, e, order.id());
            return Objects.requireNonNull(state().last());
        }
    }

    /**
     * Lets the Set before run again; needs no repository. The channel does not bring back what was left before it names
     * another one. A candidate that has not been switched to is stopped, and may be offered again.
     *
     * @param from the label of the Set to be left
     * @return how it ended; REJECTED where nothing was changed
     */
    public Ended rollback(String order, String from) throws UnavailableException, InterruptedException {
        InstalledSet onTrial = state().active();
        if (onTrial != null && onTrial.label().equals(from)) {
            steps.recall(order);
        }
        if (state().candidate() == null) {
            steps.drive();
        }
        steps.recall("");
        Optional<Ended> before = end(order);
        if (before.isPresent()) {
            return before.get();
        }
        InstalledSet active = state().active();
        if (active == null || !active.label().equals(from)) {
            return ended(from, Step.REJECTED, Optional.empty(), "Set " + from + " runs no longer.", order);
        }
        if (state().previous().isEmpty()) {
            return ended(from, Step.REJECTED, Optional.empty(), "There is no Set before " + from + " here.", order);
        }
        InstalledSet back = state().previous().getFirst();
        if (!isWhole(back)) {
            String sentence = "Set " + back.label() + " rotted on the disk, so " + from + " runs on.";
            return ended(from, Step.REJECTED, Optional.of(Reason.TAMPERED), sentence, order);
        }
        stopCandidate();
        steps.save(state().orderedBack(order, steps.now()));
        steps.drive();
        return Objects.requireNonNull(state().last());
    }

    /** Lets go of what is in memory and does not serve; {@link #resume} and {@link #poll} load it again. */
    public void release() {
        steps.release();
    }

    /**
     * Ends the trial that is under way, whatever the Set is worth: before the switch it is stopped, after it taken back.
     * For any thread, and before a {@link #rollback}, which does the rest; nothing where there is no
     * trial.
     *
     * @param order that ended it, where it is taken back
     */
    public void recall(String order) {
        steps.recall(order);
    }

    /**
     * Takes that order back as far as it can be: a Set that it brought is not switched to, or left again where it is on
     * probation; one that is proved stays. For any thread; it holds until {@link #install} of another order.
     */
    public void withdraw(String order) {
        steps.withdraw(order);
    }

    private void stopCandidate() throws UnavailableException, InterruptedException {
        if (state().candidate() != null && state().step() != Step.REJECTED) {
            steps.save(state().stopped(steps.now()));
        }
        steps.drive();
    }

    private UpdateState state() {
        return steps.state();
    }

    /** How that order ended here, from any thread; empty where it has not, or long ago. */
    public Optional<Ended> end(String order) {
        return state().orders().end(order);
    }

    private boolean isWhole(InstalledSet set) throws UnavailableException {
        try {
            return store.isWhole(set);
        } catch (IOException e) {
            throw new UnavailableException("Set " + set.label() + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** What the channel names beside the order; empty where it is the same Set, or nothing that can be taken. */
    private static String channelBeside(InstallOrder order, Offer offer)
            throws UnavailableException, InterruptedException {
        try {
            String channel = offer.channel();
            return channel.equals(order.set()) ? "" : channel;
        } catch (RejectedException e) {
            log.warn("The channel names no Set beside the one that was ordered: {}", e.getMessage());
            return "";
        }
    }

    private Ended ended(String label, Step step, Optional<Reason> reason, String sentence, String order) {
        return new Ended(label, "", step, reason, sentence, steps.now(), order);
    }

    /** The Set that the channel names, as it is to be installed; empty when there is nothing to do. */
    private Optional<InstalledSet> offered() throws UnavailableException, InterruptedException {
        String label = "";
        try {
            Offer offer = refresh();
            String path = offer.channel();
            if (state().orders().passedOver().contains(path)) {
                return Optional.empty();
            }
            InstalledSet offered = offer.read(path);
            label = offered.label();
            return new Admission(state(), settings).admit(offered);
        } catch (RejectedException e) {
            refusedUnseen(label, e, "");
            return Optional.empty();
        }
    }

    private Offer refresh(InstallOrder order) throws RejectedException, UnavailableException, InterruptedException {
        try {
            return refresh();
        } catch (RejectedException e) {
            if (order.patient()) {
                throw waiting(e);
            }
            throw e;
        }
    }

    private static InstalledSet read(Offer offer, InstallOrder order)
            throws RejectedException, UnavailableException, InterruptedException {
        try {
            return offer.read(order.set());
        } catch (RejectedException e) {
            if (order.patient() && e.reason() == Reason.MISSING) {
                throw waiting(e);
            }
            throw e;
        }
    }

    /** Nothing is wrong with the Set itself. */
    private static UnavailableException waiting(RejectedException e) {
        return new UnavailableException(String.valueOf(e.getMessage()), e);
    }

    private Offer refresh() throws RejectedException, UnavailableException, InterruptedException {
        TrustedTargets targets = client.refresh(steps.now());
        raiseClockFloor(targets);
        refreshed.targets(targets);
        return new Offer(targets, settings);
    }

    private void take(InstalledSet offered, Orders orders) throws UnavailableException, InterruptedException {
        steps.save(state().candidate(offered).forgive(offered).orders(orders).on(Event.OFFERED));
        try {
            store.keepOnly(state().kept());
            store.fetch(offered, steps::fetched);
            steps.save(state().on(Event.FETCHED));
        } catch (RejectedException e) {
            steps.fail(e);
        } catch (Steps.Withdrawn e) {
            steps.fail(e.rejected());
        } catch (IOException e) {
            throw new UnavailableException("Set " + offered.label() + " cannot be stored: " + e.getMessage() + ".", e);
        }
        steps.drive();
    }

    /** What was offered could not be taken: told, and saved only when it is another refusal than the last one. */
    private void refusedUnseen(String label, RejectedException why, String order) throws UnavailableException {
        String sentence = String.valueOf(why.getMessage());
        Ended end = ended(label, Step.REJECTED, Optional.of(why.reason()), sentence, order);
        if (state().last() == null || !state().last().sameAs(end)) {
            steps.save(state().ended(end));
        }
    }

    private void raiseClockFloor(TrustedTargets targets) throws UnavailableException {
        Instant issued = targets.issued().orElse(Instant.EPOCH);
        if (issued.isAfter(state().clockFloor())) {
            steps.save(state().clockFloor(issued));
        }
    }
}
