package dev.picket.ota.update;

import dev.picket.ota.Hashes;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import dev.picket.ota.store.SetFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A trial that passes everything, but for what its knobs say. */
class FakeTrial implements Trial {
    final List<String> calls = new ArrayList<>();

    @Nullable
    String serving;

    @Nullable
    String failAt;

    @Nullable
    String dieAt;

    @Nullable
    String waitAt;

    /** Said at the end of the exam's finding. */
    String remark = "";

    /** What happens beside a shadow run. */
    Runnable duringShadow = () -> {};

    /** What happens beside a probation. */
    Runnable duringProbation = () -> {};

    /** Whether a switch reads the files, as loading does. */
    boolean checkBytes;

    /** What a killed process looks like from inside: nothing of ours catches it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public Finding examine(SetFolder candidate, @Nullable SetFolder incumbent)
            throws RejectedException, UnavailableException {
        if ("examine".equals(waitAt)) {
            throw new UnavailableException("No memory for an exam now.");
        }
        at("examine", candidate, Reason.EXAM_FAILED);
        return new Finding(false, "Examined " + candidate.set().label() + "." + remark);
    }

    @Override
    public Finding shadow(SetFolder candidate, @Nullable SetFolder incumbent) throws RejectedException {
        at("shadow", candidate, Reason.SHADOW_FAILED);
        duringShadow.run();
        return new Finding(true, "No shadow.");
    }

    @Override
    public void switchTo(@Nullable SetFolder set) throws RejectedException {
        at("switch", set, Reason.MALFORMED);
        if (set != null && checkBytes) {
            checkBytes(set);
        }
        serving = set == null ? null : set.set().label();
    }

    @Override
    public Finding probation(SetFolder set, Recall recall) throws RejectedException {
        at("probation", set, Reason.PROBATION_FAILED);
        duringProbation.run();
        recall.check();
        return new Finding(false, "Proved.");
    }

    private static void checkBytes(SetFolder set) throws RejectedException {
        for (Release task : set.set().tasks()) {
            for (ReleaseFile file : task.files()) {
                try {
                    if (!Hashes.sha256(set.task(task.name()).resolve(file.name()))
                            .equals(file.sha256())) {
                        throw new RejectedException(Reason.MALFORMED, file.name() + " rotted.");
                    }
                } catch (IOException e) {
                    throw new RejectedException(Reason.MALFORMED, "Cannot be read: " + e.getMessage());
                }
            }
        }
    }

    private void at(String point, @Nullable SetFolder set, Reason reason) throws RejectedException {
        String call = point + " " + (set == null ? "nothing" : set.set().label());
        calls.add(call);
        if (call.equals(dieAt)) {
            throw new Killed();
        }
        if (call.equals(failAt)) {
            throw new RejectedException(reason, "Told to fail at " + point + ".");
        }
    }
}
