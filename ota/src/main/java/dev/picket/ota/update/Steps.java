package dev.picket.ota.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.store.FileStore;
import dev.picket.ota.store.SetFolder;
import dev.picket.ota.tuf.SignedTime;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes and saves the steps that need no refresh; see {@link Updater}. For one thread, but for {@link #status}: what other
 * threads want of it stands in {@link Wishes}.
 */
final class Steps {
    private static final Logger log = LoggerFactory.getLogger(Steps.class);

    private final StateFile file;
    private final UpdateSettings settings;
    private final FileStore store;
    private final Trial trial;
    private final Serving serving;
    private final InstantSource clock;
    private final Consumer<UpdateStatus> listener;

    /** Only the updater's thread changes it. */
    private volatile UpdateState state;

    private final Lookout lookout;
    private final Errands errands;
    private boolean resumed;
    private boolean held;
    private boolean madeWay;
    private volatile UpdateStatus status;

    Steps(
            StateFile file,
            UpdateState state,
            UpdateSettings settings,
            FileStore store,
            Trial trial,
            InstantSource clock,
            Consumer<UpdateStatus> listener,
            Errands errands,
            Lookout lookout) {
        this.file = file;
        this.state = state;
        this.settings = settings;
        this.store = store;
        this.trial = trial;
        this.serving = new Serving(trial, store, errands);
        this.clock = clock;
        this.listener = listener;
        this.errands = errands;
        this.lookout = lookout;
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

    /** Brings the candidate's files, as long as nobody wants something else. */
    void fetch(InstalledSet set) throws RejectedException, UnavailableException, IOException, InterruptedException {
        madeWay = false;
        errands.bring(this::state, () -> {
            store.fetch(set, bytes -> status = UpdateStatus.of(state, bytes));
            return set;
        });
    }

    /** Whether the candidate waits in the shadow for readings: another may take its place before {@link #drive} goes on. */
    boolean isHeld() {
        // Another may have been taken since, and waits to be fetched.
        return held && state.step() == Step.SHADOW;
    }

    /** Whether the last candidate made way for another, and nothing was told of it. */
    boolean madeWay() {
        return madeWay;
    }

    /** What now counts as now: the system's clock, but never before this agent was built or the last {@code issued}. */
    Instant now() {
        return latest(clock(), state.clockFloor().at());
    }

    /** The same without what was signed: a refresh says whether that counts still. */
    Instant clock() {
        return latest(clock.instant(), settings.builtAt());
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
        try {
            while (!held && state.step() != Step.IDLE && state.step() != Step.FETCHING) {
                driveOne();
            }
        } finally {
            lookout.end();
        }
    }

    private void driveOne() throws UnavailableException, InterruptedException {
        try {
            checkBeforeSwitch();
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

    private void step() throws RejectedException, UnavailableException, IOException, InterruptedException {
        switch (state.step()) {
            case VERIFIED -> {
                store.materialise(candidate());
                save(state.on(Event.LINKED));
            }
            case STAGED -> save(state.on(Event.EXAM_BEGUN));
            case EXAM -> {
                begin();
                save(state.found(examined()).on(Event.EXAM_PASSED));
            }
            case SHADOW -> {
                begin();
                Finding found = trial.shadow(store.folder(candidate()), activeFolder(), this::look);
                checkBeforeSwitch();
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

    private Finding examined() throws RejectedException, UnavailableException, InterruptedException {
        try {
            return trial.examine(store.folder(candidate()), activeFolder(), this::look);
        } catch (UnavailableException e) {
            // The exam may have needed the memory of what serves, which could not be loaded again.
            serving.active(state);
            throw e;
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

    /** While a part of the trial goes on: what people want, and now and then what the repository says. */
    private void look() throws RejectedException {
        errands.wishes.check(state);
        Optional<Lookout.Seen> seen = lookout.look(clock(), state.clockFloor());
        if (seen.isPresent()) {
            keep(seen.get().signedTime());
            checkNamed(seen.get().channel());
        }
    }

    /** The channel may replace what it has brought to the shadow; what is on probation, or ordered, it waits for. */
    private void checkNamed(Optional<String> channel) throws RejectedException {
        InstalledSet set = state.candidate() != null ? state.candidate() : state.active();
        if (channel.isEmpty()
                || set == null
                || SetManifest.path(set.name(), set.counter()).equals(channel.get())) {
            return;
        }
        lookout.anotherIsNamed();
        if (state.step() == Step.SHADOW && state.orders().current().isEmpty()) {
            throw new Wishes.MakesWayException("The channel names " + channel.get() + " now.");
        }
    }

    private void keep(SignedTime floor) {
        if (floor.equals(state.clockFloor())) {
            return;
        }
        try {
            save(state.clockFloor(floor));
        } catch (UnavailableException e) {
            // The step that follows is saved or fails by itself.
            log.warn("The time that was signed last is not kept: {}", e.getMessage());
        }
    }

    /** Before the switch; after it the probation asks. */
    private void checkBeforeSwitch() throws RejectedException {
        if (Wishes.isBeforeSwitch(state.step())) {
            errands.wishes.check(state);
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
        if (why instanceof Wishes.MakesWayException) {
            log.info("{} What came of it stays until another is fetched.", why.getMessage());
            save(state.withdrawn());
            trial.release();
            madeWay = true;
        } else if (why.reason() != Reason.ORDERED) {
            save(state.failed(why, now()));
        } else if (state.candidate() != null) {
            save(state.stopped(now()));
        } else {
            save(state.orderedBack(errands.wishes.endedBy(state), now()));
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
            look();
        }
    }

    /** Switches back where that is due, removes what is no longer needed. */
    private void clean() throws UnavailableException, IOException, InterruptedException {
        trial.release();
        if (state.step() != Step.COMMITTED) {
            // After a refusal it mostly serves still; the exam may have been without memory for both.
            serving.active(state);
        }
        // Files of a Set that was refused before its trial, and downloads, stay until the next one comes: it may be
        // offered again.
        UpdateState next = state.candidate(null).on(Event.CLEANED);
        if (state.step() != Step.REJECTED) {
            store.keepOnlyAndDownloads(next.kept());
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
