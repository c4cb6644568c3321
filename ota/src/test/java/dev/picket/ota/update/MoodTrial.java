package dev.picket.ota.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.store.SetFolder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds of each Set what its {@link Mood} says, and lets some runs of the process end in the middle. */
final class MoodTrial extends FakeTrial {
    private final Runnable mayDie;

    /** @param mayDie asked before each part; throws {@link FakeTrial.Killed} when the process dies here */
    MoodTrial(Runnable mayDie) {
        this.mayDie = mayDie;
    }

    @Override
    public Finding examine(SetFolder candidate, @Nullable SetFolder incumbent, Recall recall) throws RejectedException {
        mayDie.run();
        kill(candidate, Mood.KILLS_AT_EXAM);
        fail(candidate, Mood.FAILS_EXAM, Reason.EXAM_FAILED);
        return passed(Step.EXAM);
    }

    @Override
    public Finding shadow(SetFolder candidate, @Nullable SetFolder incumbent, Recall recall) throws RejectedException {
        mayDie.run();
        fail(candidate, Mood.FAILS_SHADOW, Reason.SHADOW_FAILED);
        return passed(Step.SHADOW);
    }

    @Override
    public void switchTo(@Nullable SetFolder set) throws RejectedException {
        if (set != null) {
            kill(set, Mood.KILLS_AT_SWITCH);
            fail(set, Mood.CANNOT_BE_LOADED, Reason.MALFORMED);
        }
        serving = set == null ? null : set.set().label();
    }

    @Override
    public Finding probation(SetFolder set, Probation probation) throws RejectedException {
        mayDie.run();
        kill(set, Mood.KILLS_ON_PROBATION);
        fail(set, Mood.FAILS_PROBATION, Reason.PROBATION_FAILED);
        return passed(Step.PROBATION);
    }

    private static void kill(SetFolder set, Mood mood) {
        if (Mood.of(set) == mood) {
            throw new Killed();
        }
    }

    private static void fail(SetFolder set, Mood mood, Reason reason) throws RejectedException {
        if (Mood.of(set) == mood) {
            throw new RejectedException(reason, "It " + mood + ".");
        }
    }

    private static Finding passed(Step part) {
        return new Finding(part, Finding.Result.PASSED, "It is good.", List.of());
    }
}
