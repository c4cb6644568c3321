package dev.picket.ota.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.store.FileStore;
import dev.picket.ota.store.SetFolder;
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
 * <p>Not for more than one thread, but for {@link #status}, {@link #now}, {@link #recall}, {@link #withdraw} and
 * {@link #goesNext}. What waits for the network does so as an {@link Errand}, so that orders need not wait for it.
 */
public final class Updater {
    private static final Logger log = LoggerFactory.getLogger(Updater.class);

    private final UpdateSettings settings;
    private final FileStore store;
    private final Steps steps;
    private final Errands errands;
    private final Offers offers;
    private final Lookout lookout;

    private Updater(
            UpdateSettings settings, FileStore store, Steps steps, Errands errands, Offers offers, Lookout lookout) {
        this.settings = settings;
        this.store = store;
        this.steps = steps;
        this.errands = errands;
        this.offers = offers;
        this.lookout = lookout;
    }

    /**
     * Reads the saved state; nothing is loaded or switched before {@link #resume}.
     *
     * @param listener told after each saved step, on the updater's thread
     * @param refreshed told after each refresh, on a thread of the updater's, one at a time
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
            Errands errands = new Errands();
            Lookout lookout = new Lookout(client, settings, refreshed, System::nanoTime);
            Steps steps = new Steps(file, file.read(), settings, store, trial, clock, listener, errands, lookout);
            Offers offers = new Offers(settings, client, steps, errands, refreshed, lookout);
            return new Updater(settings, store, steps, errands, offers, lookout);
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
        try {
            pollNow();
        } catch (CutInException _) {
            log.debug("The poll makes way for an order");
        }
        return steps.status();
    }

    private void pollNow() throws UnavailableException, InterruptedException {
        driveUnlessHeld();
        Optional<InstalledSet> offered = offers.byChannel();
        steps.serving().repair(state(), Wishes.Wanted.BY_CHANNEL);
        if (goesOn(offered)) {
            steps.drive();
        } else if (offered.isPresent()) {
            take(offered.get(), state().orders().byChannel());
        } else {
            letGo();
        }
    }

    /** Lets go of a candidate that waits to be fetched, or for readings: nothing is asked of the repository any more. */
    public void letGo() throws UnavailableException {
        if (state().candidate() != null && Transitions.knows(state().step(), Event.WITHDRAWN)) {
            steps.save(state().withdrawn());
            steps.release();
        }
    }

    /** Whether the channel named another Set while the last trial went on, so that a poll is due. */
    public boolean isDue() {
        return lookout.sawAnother();
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
            if (errands.wishes.isTakenBack(order.id())) {
                throw new RejectedException(Reason.ORDERED, "The order was taken back before it was begun.");
            }
            Offer offer = offers.refresh(order);
            InstalledSet ordered = offers.read(offer, order);
            label = ordered.label();
            Optional<InstalledSet> whole =
                    new Admission(state(), settings).admit(ordered, order.downgrade(), order.again());
            Orders orders = state().orders().begin(order.id(), order.set(), offers.channelBeside(order, offer));
            steps.serving().repair(state(), Wishes.Wanted.by(order));
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
            if (steps.madeWay()) {
                return madeWay(label, order);
            }
            if (steps.isHeld()) {
                throw new UnavailableException("Set " + label + " waits in the shadow for more readings.");
            }
            return endOf(label, order);
        } catch (RejectedException e) {
            offers.refusedUnseen(label, e, order.id());
            return Objects.requireNonNull(state().last());
        }
    }

    /** Its own end, and no other: that would tell of another Set. */
    private Ended endOf(String label, InstallOrder order) throws UnavailableException {
        Optional<Ended> end = end(order.id());
        if (end.isEmpty()) {
            throw new UnavailableException("Set " + label + " has not ended; it stands at " + state().step() + ".");
        }
        return end.get();
    }

    /** Another order went first. One that is patient comes again, another has ended by it. */
    private Ended madeWay(String label, InstallOrder order) throws UnavailableException {
        if (order.patient()) {
            throw new UnavailableException("Set " + label + " waits: an order of another Set goes first.");
        }
        Optional<Reason> reason = Optional.of(Reason.ORDERED);
        Ended end = ended(label, Step.REJECTED, reason, "An order of another Set took its place.", order.id());
        steps.save(state().ended(end));
        return end;
    }

    /**
     * Lets the Set before run again; needs no repository. The channel does not bring back what was left before it names
     * another one. A candidate that has not been switched to is stopped, and may be offered again.
     *
     * @param from the label of the Set to be left
     * @return how it ended; REJECTED where nothing was changed
     */
    public Ended rollback(String order, String from) throws UnavailableException, InterruptedException {
        if (state().candidate() == null) {
            errands.recall(order, from);
            steps.drive();
        }
        errands.recall("", "");
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
     * Ends what is under way, whatever the Set is worth, because a rollback waits: before the switch it is stopped, in a
     * read of its fetch too, and after it the Set that is to be left is taken back. For any thread, and before a
     * {@link #rollback}, which does the rest.
     *
     * @param order the rollback; empty: none waits
     * @param from the label of the Set to be left
     */
    public void recall(String order, String from) {
        errands.recall(order, from);
    }

    /**
     * Lets an order of a Set go first, as {@link Wishes} has it: another candidate makes way before its switch, in a read
     * of its fetch too. For any thread, and before {@link #install}.
     *
     * @param set the Set's target path; empty: no order waits
     * @param beforeOrders whether it goes before what another order brought, too
     */
    public void goesNext(String set, boolean beforeOrders) {
        errands.goesNext(set, beforeOrders);
    }

    /**
     * Takes that order back as far as it can be: a Set that it brought is not switched to, or left again where it is on
     * probation; one that is proved stays. For any thread; it holds until {@link #install} of another order.
     */
    public void withdraw(String order) {
        errands.withdraw(order);
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

    private Ended ended(String label, Step step, Optional<Reason> reason, String sentence, String order) {
        return new Ended(label, "", step, reason, sentence, steps.now(), order);
    }

    private void take(InstalledSet offered, Orders orders) throws UnavailableException, InterruptedException {
        steps.save(state().candidate(offered).forgive(offered).orders(orders).on(Event.OFFERED));
        try {
            store.keepOnly(state().kept());
            steps.fetch(offered);
            steps.save(state().on(Event.FETCHED));
        } catch (RejectedException e) {
            steps.fail(e);
        } catch (IOException e) {
            throw new UnavailableException("Set " + offered.label() + " cannot be stored: " + e.getMessage() + ".", e);
        }
        steps.drive();
    }
}
