package dev.picket.ota.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.store.FileStore;
import dev.picket.ota.store.SetFolder;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes and saves the steps that need no refresh; see {@link Updater}. For one thread, but for {@link #status} and
 * {@link #recall}.
 */
final class Steps {
    private final StateFile file;
    private final UpdateSettings settings;
    private final FileStore store;
    private final Trial trial;
    private final Serving serving;
    private final InstantSource clock;
    private final Consumer<UpdateStatus> listener;

    /** Only the updater's thread changes it. */
    private volatile UpdateState state;

    private boolean resumed;
    private boolean held;
    private volatile String recalledBy = "";
    private volatile String withdrawn = "";
    private volatile UpdateStatus status;

    Steps(
            StateFile file,
            UpdateState state,
            UpdateSettings settings,
            FileStore store,
            Trial trial,
            InstantSource clock,
            Consumer<UpdateStatus> listener) {
        this.file = file;
        this.state = state;
        this.settings = settings;
        this.store = store;
        this.trial = trial;
        this.serving = new Serving(trial, store);
        this.clock = clock;
        this.listener = listener;
        this.status = UpdateStatus.of(state, 0);
    }

    UpdateState state() {
        return state;
    }

    UpdateStatus status() {
        return status;
    }

    Serving serving() {
        return serving;
    }

    /** Lets go of what is not switched to. */
    void release() {
        trial.release();
    }

    /** Tells how much of the candidate's files is there; saved nowhere. */
    void fetched(long bytes) {
        status = UpdateStatus.of(state, bytes);
        if (isWithdrawn(state.orders().current())) {
            throw new Withdrawn();
        }
    }

    /** Ends a fetch between two files, out of a callback that can throw nothing else. */
    static final class Withdrawn extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RejectedException rejected() {
            return new RejectedException(Reason.ORDERED, "Its order was taken back.");
        }
    }

    /** Whether the candidate waits in the shadow for readings: another may take its place before {@link #drive} goes on. */
    boolean isHeld() {
        return held;
    }

    /** Stops what is on trial, before the switch or after it, for this order; empty: not any more. */
    void recall(String order) {
        recalledBy = order;
    }

    /** Takes what this order brought back, before the switch or on probation. */
    void withdraw(String order) {
        withdrawn = order;
    }

    /** What now counts as now: the system's clock, but never before this agent was built or the last {@code issued}. */
    Instant now() {
        return latest(latest(clock.instant(), settings.builtAt()), state.clockFloor());
    }

    /** Makes the saved active Set serve, then finishes or takes back what a restart interrupted. */
    void resume() throws UnavailableException, InterruptedException {
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

    /** Takes steps until none is left that goes without a refresh, or the shadow holds. */
    void drive() throws UnavailableException, InterruptedException {
        held = false;
        while (!held && state.step() != Step.IDLE && state.step() != Step.FETCHING) {
            try {
                checkWithdrawn();
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
                Finding found = trial.examine(store.folder(candidate()), activeFolder(), this::checkRecall);
                save(state.found(found).on(Event.EXAM_PASSED));
            }
            case SHADOW -> {
                begin();
                Finding found = trial.shadow(store.folder(candidate()), activeFolder(), this::checkRecall);
                checkWithdrawn();
                held = found.result() == Finding.Result.HELD;
                UpdateState next = state.found(found);
                save(
                        held
                                ? next.on(Event.SHADOW_HELD)
                                : next.on(Event.SHADOW_DONE).switched());
            }
            case SWITCHED -> {
                begin();
                trial.switchTo(activeFolder());
                serving.isSound();
                save(state.on(Event.SWITCH_DONE));
            }
            case PROBATION -> {
                checkAttempts();
                Finding found = trial.probation(Objects.requireNonNull(activeFolder()), new Watching());
                save(state.found(found).committed(now()));
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
        if (diedTooOften()) {
            throw new RejectedException(
                    Reason.CRASHED, "The agent died " + (state.attempts() - 1) + " times at " + state.step() + ".");
        }
    }

    private void checkRecall() throws RejectedException {
        if (isWithdrawn(state.orders().current())) {
            throw new RejectedException(Reason.ORDERED, "Its order was taken back.");
        }
        if (!recalledBy.isEmpty()) {
            throw new RejectedException(Reason.ORDERED, "It was taken back by order.");
        }
    }

    boolean isWithdrawn(String order) {
        return !order.isEmpty() && order.equals(withdrawn);
    }

    /** Before the switch; after it the probation asks. */
    private void checkWithdrawn() throws RejectedException {
        boolean before = switch (state.step()) {
            case FETCHING, VERIFIED, STAGED, EXAM, SHADOW -> true;
            case IDLE, SWITCHED, PROBATION, COMMITTED, REJECTED, ROLLED_BACK -> false;
        };
        if (before && isWithdrawn(state.orders().current())) {
            throw new RejectedException(Reason.ORDERED, "Its order was taken back.");
        }
    }

    private boolean diedTooOften() {
        return state.attempts() > settings.attempts();
    }

    /** At SWITCHED and ROLLED_BACK loading is the step itself; one that died too often on probation is not loaded again. */
    private boolean mayLoad() {
        return switch (state.step()) {
            case SWITCHED, ROLLED_BACK -> false;
            case PROBATION -> !diedTooOften();
            case IDLE, FETCHING, VERIFIED, STAGED, EXAM, SHADOW, COMMITTED, REJECTED -> true;
        };
    }

    /** Loads the active Set at start. One on trial that cannot be loaded is taken back. */
    private void load(boolean onTrial) throws UnavailableException, InterruptedException {
        if (!onTrial) {
            serving.active(state);
            return;
        }
        try {
            trial.switchTo(activeFolder());
        } catch (RejectedException e) {
            fail(e);
        }
    }

    void fail(RejectedException why) throws UnavailableException {
        if (why.reason() != Reason.ORDERED) {
            save(state.failed(why, now()));
        } else if (state.candidate() != null) {
            save(state.stopped(now()));
        } else {
            String order = state.orders().current();
            save(state.orderedBack(isWithdrawn(order) ? order : recalledBy, now()));
        }
    }

    /** The probation's own view of the state. */
    private final class Watching implements Trial.Probation {
        @Override
        public List<Finding> findings() {
            return state.trial().findings();
        }

        @Override
        public Optional<Watched> watched() {
            return Optional.ofNullable(state.trial().watched());
        }

        @Override
        public void save(Watched now) throws UnavailableException {
            Steps.this.save(state.trial(state.trial().watched(now)));
        }

        @Override
        public void check() throws RejectedException {
            checkRecall();
        }
    }

    /** Switches back where that is due, removes what is no longer needed. */
    private void clean() throws UnavailableException, IOException, InterruptedException {
        trial.release();
        if (state.step() == Step.ROLLED_BACK) {
            serving.active(state);
        }
        // Files of a Set that was refused before its trial stay until the next one comes: it may be offered again.
        UpdateState next = state.candidate(null).on(Event.CLEANED);
        if (state.step() != Step.REJECTED) {
            store.keepOnly(next.kept());
        }
        save(next);
    }

    void save(UpdateState next) throws UnavailableException {
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
