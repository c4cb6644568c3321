package dev.picket.agent.rollout;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.store.SetFolder;
import dev.picket.ota.update.Finding;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.Trial;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A trial that passes everything at once, but where it is held, or told to fail. */
public final class HeldTrial implements Trial {
    private static final long LOOK_MILLIS = 10;

    private final Map<String, Semaphore> gates = new ConcurrentHashMap<>();
    private volatile @Nullable String serving;
    private volatile String failAt = "";

    /** Fails at this part from now on; empty: at none. */
    public void failAt(String part) {
        failAt = part;
    }

    /** Stands still at this part from now on, until {@link #release}. */
    public void hold(String part) {
        gates.put(part, new Semaphore(0));
    }

    public void release(String part) {
        Semaphore gate = gates.remove(part);
        if (gate != null) {
            gate.release(1_000);
        }
    }

    /** The label of the Set that was switched to last; null: none. */
    public @Nullable String serving() {
        return serving;
    }

    @Override
    public Finding examine(SetFolder candidate, @Nullable SetFolder incumbent, Recall recall)
            throws RejectedException, InterruptedException {
        pass("examine", recall);
        fail("examine", Reason.EXAM_FAILED);
        return passed(Step.EXAM, "Examined.");
    }

    @Override
    public Finding shadow(SetFolder candidate, @Nullable SetFolder incumbent, Recall recall)
            throws RejectedException, InterruptedException {
        pass("shadow", recall);
        fail("shadow", Reason.SHADOW_FAILED);
        return passed(Step.SHADOW, "Shadowed.");
    }

    @Override
    public void release() {}

    @Override
    public void switchTo(@Nullable SetFolder set) {
        serving = set == null ? null : set.set().label();
    }

    @Override
    public Finding probation(SetFolder set, Probation probation) throws RejectedException, InterruptedException {
        pass("probation", probation);
        probation.check();
        fail("probation", Reason.PROBATION_FAILED);
        return passed(Step.PROBATION, "Proved.");
    }

    private static Finding passed(Step part, String sentence) {
        return new Finding(part, Finding.Result.PASSED, sentence, List.of());
    }

    private void pass(String part, Recall recall) throws RejectedException, InterruptedException {
        Semaphore gate = gates.get(part);
        while (gate != null && !gate.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            recall.check();
        }
    }

    private void fail(String part, Reason reason) throws RejectedException {
        if (part.equals(failAt)) {
            throw new RejectedException(reason, "Told to fail at " + part + ".");
        }
    }
}
