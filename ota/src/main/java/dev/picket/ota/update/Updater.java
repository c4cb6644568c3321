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
import org.jspecify.annotations.Nullable;
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
 * Each step is saved before it is taken, and taking it twice does no harm; so a restart goes on with the step that is
 * saved, and the active Set that is saved is there whole. A step that the process died in too often counts as failed.
 * The bytes of a Set are fetched only right after a refresh that still names it.
 *
 * <p>Not for more than one thread, but for {@link #status} and {@link #now}.
 */
public final class Updater {
    private static final Logger log = LoggerFactory.getLogger(Updater.class);

    private final StateFile file;
    private final UpdateSettings settings;
    private final TufClient client;
    private final FileStore store;
    private final Trial trial;
    private final InstantSource clock;
    private final Consumer<UpdateStatus> listener;
    private final Refreshed refreshed;

    private volatile UpdateState state;

    private boolean resumed;
    private volatile UpdateStatus status;
    private volatile String damage = "";

    private Updater(
            StateFile file,
            UpdateState state,
            UpdateSettings settings,
            TufClient client,
            FileStore store,
            Trial trial,
            InstantSource clock,
            Consumer<UpdateStatus> listener,
            Refreshed refreshed) {
        this.file = file;
        this.state = state;
        this.settings = settings;
        this.client = client;
        this.store = store;
        this.trial = trial;
        this.clock = clock;
        this.listener = listener;
        this.refreshed = refreshed;
        this.status = UpdateStatus.of(state, 0);
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
            return new Updater(file, file.read(), settings, client, store, trial, clock, listener, refreshed);
        } catch (IOException e) {
            throw new UnavailableException("The store of updates cannot be opened: " + e.getMessage() + ".", e);
        }
    }

    /** Where things stand; may be called from any thread. */
    public UpdateStatus status() {
        return status;
    }

    /** The Set that runs, or should. */
    public Optional<SetFolder> active() {
        return Optional.ofNullable(state.active()).map(store::folder);
    }

    /** What now counts as now: the system's clock, but never before this agent was built or the last {@code issued}. From any thread. */
    public Instant now() {
        return latest(latest(clock.instant(), settings.builtAt()), state.clockFloor());
    }

    /** Why the active Set cannot be loaded any more, as one sentence; empty while it can. */
    public Optional<String> damage() {
        return Optional.of(damage).filter(each -> !each.isEmpty());
    }

    /**
     * Makes the saved active Set serve, then finishes or takes back what a restart interrupted. Called first, and again until it returns. Where the
     * active Set, proved before, cannot be loaded any more, the newest one before it that can serves until {@link #poll}
     * has repaired it; see {@link #damage}.
     */
    public void resume() throws UnavailableException, InterruptedException {
        if (state.step() == Step.PROBATION && !resumed) {
            // Once a process: calling again after a wait is no further death.
            resumed = true;
            save(state.attempts(state.attempts() + 1));
        }
        if (state.active() != null && mayLoad()) {
            load(state.step() == Step.PROBATION);
        }
        drive();
    }

    /**
     * Refreshes, and takes the Set that the channel names as far as it goes: to COMMITTED, REJECTED or ROLLED_BACK.
     *
     * @return where things stand afterwards; a refusal is told there, not thrown
     * @throws UnavailableException when something could not be had now; the next poll goes on
     */
    public UpdateStatus poll() throws UnavailableException, InterruptedException {
        drive();
        Optional<InstalledSet> offered = offered();
        repair();
        if (offered.isPresent()) {
            take(offered.get());
        } else if (state.step() == Step.FETCHING) {
            save(state.candidate(null).on(Event.WITHDRAWN));
        }
        return status;
    }

    /** The Set that the channel names, as it is to be installed; empty when there is nothing to do. */
    private Optional<InstalledSet> offered() throws UnavailableException, InterruptedException {
        String label = "";
        try {
            TrustedTargets targets = client.refresh(now());
            raiseClockFloor(targets);
            refreshed.targets(targets);
            InstalledSet offered = new Offer(targets, settings).read();
            label = offered.label();
            return new Admission(state, settings).admit(offered);
        } catch (RejectedException e) {
            refusedUnseen(label, e);
            return Optional.empty();
        }
    }

    private void take(InstalledSet offered) throws UnavailableException, InterruptedException {
        save(state.candidate(offered).on(Event.OFFERED));
        try {
            store.keepOnly(state.kept());
            store.fetch(offered, bytes -> status = UpdateStatus.of(state, bytes));
            save(state.on(Event.FETCHED));
        } catch (RejectedException e) {
            fail(e);
        } catch (IOException e) {
            throw new UnavailableException("Set " + offered.label() + " cannot be stored: " + e.getMessage() + ".", e);
        }
        drive();
    }

    /** Takes steps until none is left that goes without a refresh. */
    private void drive() throws UnavailableException, InterruptedException {
        while (state.step() != Step.IDLE && state.step() != Step.FETCHING) {
            try {
                step();
            } catch (RejectedException e) {
                fail(e);
            } catch (InterruptedException | UnavailableException e) {
                // A clean stop and a wait are no deaths of the process: the attempt does not count.
                save(state.attempts(Math.max(0, state.attempts() - 1)));
                throw e;
            } catch (IOException e) {
                throw new UnavailableException(
                        "The update cannot go on at " + state.step() + ": " + e.getMessage() + ".", e);
            }
        }
    }

    private void step() throws RejectedException, UnavailableException, IOException, InterruptedException {
        switch (state.step()) {
            case VERIFIED -> {
                store.materialise(candidate());
                save(state.on(Event.LINKED));
            }
            case STAGED -> save(state.on(Event.EXAM_BEGUN));
            case EXAM -> {
                begin();
                Trial.Finding found = trial.examine(store.folder(candidate()), activeFolder());
                save(state.found(found.sentence()).on(Event.EXAM_PASSED));
            }
            case SHADOW -> {
                begin();
                Trial.Finding found = trial.shadow(store.folder(candidate()), activeFolder());
                save(state.found(found.sentence()).on(Event.SHADOW_DONE).switched());
            }
            case SWITCHED -> {
                begin();
                trial.switchTo(activeFolder());
                damage = "";
                save(state.on(Event.SWITCH_DONE));
            }
            case PROBATION -> {
                checkAttempts();
                Trial.Finding found = trial.probation(Objects.requireNonNull(activeFolder()));
                save(committed(state.found(found.sentence())));
            }
            case COMMITTED, REJECTED, ROLLED_BACK -> clean();
            case IDLE, FETCHING -> throw new IllegalStateException("No step to take at " + state.step());
        }
    }

    /** Counts the attempt before it is made. */
    private void begin() throws RejectedException, UnavailableException {
        save(state.attempts(state.attempts() + 1));
        checkAttempts();
    }

    private void checkAttempts() throws RejectedException {
        if (state.attempts() > settings.attempts()) {
            throw new RejectedException(
                    Reason.CRASHED, "The agent died " + (state.attempts() - 1) + " times at " + state.step() + ".");
        }
    }

    private UpdateState committed(UpdateState passed) {
        InstalledSet set = Objects.requireNonNull(passed.active());
        String sentence = String.join(" ", passed.findings());
        Ended end = new Ended(set.label(), set.identity(), Step.COMMITTED, Optional.empty(), sentence, now());
        return passed.on(Event.PROBATION_PASSED).proved().ended(end);
    }

    /** At SWITCHED and ROLLED_BACK loading is the step itself; one that died too often on probation is not loaded again. */
    private boolean mayLoad() {
        return switch (state.step()) {
            case SWITCHED, ROLLED_BACK -> false;
            case PROBATION -> state.attempts() <= settings.attempts();
            case IDLE, FETCHING, VERIFIED, STAGED, EXAM, SHADOW, COMMITTED, REJECTED -> true;
        };
    }

    /** Loads the active Set at start. One on trial that cannot be loaded is taken back. */
    private void load(boolean onTrial) throws UnavailableException, InterruptedException {
        if (!onTrial) {
            serveActive();
            return;
        }
        try {
            trial.switchTo(activeFolder());
        } catch (RejectedException e) {
            fail(e);
        }
    }

    /** Serves the active Set, or while it cannot be loaded the newest one before it that can. */
    private void serveActive() throws InterruptedException {
        damage = "";
        try {
            trial.switchTo(activeFolder());
        } catch (RejectedException e) {
            damage = String.valueOf(e.getMessage());
            log.error("The last good Set cannot be loaded: {}", damage);
            servePrevious();
        }
    }

    private void servePrevious() throws InterruptedException {
        for (InstalledSet each : state.previous()) {
            try {
                trial.switchTo(store.folder(each));
                log.warn("Set {} serves until the last good one is repaired", each.label());
                return;
            } catch (RejectedException e) {
                log.error("Nor can Set {} be loaded: {}", each.label(), e.getMessage());
            }
        }
        serveNothing();
    }

    /**
     * Brings back the bytes of an active Set that rotted on the disk. Its hashes were trusted when it was installed, so
     * it needs no channel that still names it, and no exam.
     */
    private void repair() throws UnavailableException, InterruptedException {
        InstalledSet active = state.active();
        if (damage.isEmpty() || active == null) {
            return;
        }
        try {
            store.fetch(active, bytes -> {});
            store.materialise(active);
            serveActive();
        } catch (RejectedException e) {
            log.error("Set {} cannot be repaired: {}", active.label(), e.getMessage());
        } catch (IOException e) {
            throw new UnavailableException("Set " + active.label() + " cannot be stored: " + e.getMessage() + ".", e);
        }
    }

    /** REJECTED or ROLLED_BACK, as the table says. What was tried here and failed is not tried again. */
    private void fail(RejectedException why) throws UnavailableException {
        boolean tried = state.step() != Step.FETCHING && state.step() != Step.VERIFIED;
        InstalledSet set = state.candidate() != null ? state.candidate() : state.active();
        UpdateState next = state.on(Event.FAILED);
        Ended end = new Ended(
                set == null ? "" : set.label(),
                set == null ? "" : set.identity(),
                next.step(),
                Optional.of(why.reason()),
                String.valueOf(why.getMessage()),
                now());
        next = next.step() == Step.ROLLED_BACK ? next.rolledBack() : next;
        save((tried ? next.refuse(end) : next).ended(end));
    }

    /** Switches back where that is due, removes what is no longer needed. */
    private void clean() throws UnavailableException, IOException, InterruptedException {
        if (state.step() == Step.ROLLED_BACK) {
            serveActive();
        }
        // Files of a Set that was refused before its trial stay until the next one comes: it may be offered again.
        UpdateState next = state.candidate(null).on(Event.CLEANED);
        if (state.step() != Step.REJECTED) {
            store.keepOnly(next.kept());
        }
        save(next);
    }

    private void serveNothing() throws InterruptedException {
        try {
            trial.switchTo(null);
        } catch (RejectedException e) {
            throw new IllegalStateException("Serving nothing cannot be refused.", e);
        }
    }

    /** What was offered could not be taken: told, and saved only when it is another refusal than the last one. */
    private void refusedUnseen(String label, RejectedException why) throws UnavailableException {
        String sentence = String.valueOf(why.getMessage());
        Ended end = new Ended(label, "", Step.REJECTED, Optional.of(why.reason()), sentence, now());
        if (state.last() == null || !state.last().sameAs(end)) {
            save(state.ended(end));
        }
    }

    private void raiseClockFloor(TrustedTargets targets) throws UnavailableException {
        Instant issued = targets.issued().orElse(Instant.EPOCH);
        if (issued.isAfter(state.clockFloor())) {
            save(state.clockFloor(issued));
        }
    }

    private void save(UpdateState next) throws UnavailableException {
        try {
            file.write(next);
        } catch (IOException e) {
            throw new UnavailableException("The state of updates cannot be saved: " + e.getMessage() + ".", e);
        }
        state = next;
        status = UpdateStatus.of(next, 0);
        listener.accept(status);
    }

    private InstalledSet candidate() {
        return Objects.requireNonNull(state.candidate(), "candidate");
    }

    private @Nullable SetFolder activeFolder() {
        return state.active() == null ? null : store.folder(state.active());
    }

    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
