package dev.picket.agent.update;

import dev.picket.ota.UnavailableException;
import dev.picket.ota.store.SetFolder;
import dev.picket.ota.update.Finding;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.Trial;
import dev.picket.ota.update.Watched;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds every Set good, after a while where it is told to hold one, and knows which one serves. */
final class PassingTrial implements Trial {
    @Nullable
    String serving;

    private boolean holds;

    /** @param holds whether a Set beside another one has to wait in the shadow once */
    PassingTrial(boolean holds) {
        this.holds = holds;
    }

    @Override
    public Finding examine(SetFolder candidate, @Nullable SetFolder incumbent, Recall recall) {
        return passed(Step.EXAM);
    }

    @Override
    public Finding shadow(SetFolder candidate, @Nullable SetFolder incumbent, Recall recall) {
        if (holds && incumbent != null) {
            holds = false;
            return new Finding(Step.SHADOW, Finding.Result.HELD, "Too few readings.", List.of());
        }
        return passed(Step.SHADOW);
    }

    @Override
    public void release() {}

    @Override
    public void switchTo(@Nullable SetFolder set) {
        serving = set == null ? null : set.set().label();
    }

    @Override
    public Finding probation(SetFolder set, Probation probation) throws UnavailableException {
        probation.save(new Watched(Duration.ofSeconds(1), false, Map.of("texts", 10.0)));
        probation.save(new Watched(Duration.ZERO, true, Map.of("texts", 20.0)));
        return passed(Step.PROBATION);
    }

    private static Finding passed(Step part) {
        return new Finding(part, Finding.Result.PASSED, "It is good.", List.of());
    }
}
