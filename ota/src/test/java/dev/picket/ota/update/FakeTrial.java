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
import java.util.Map;
import java.util.Optional;
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
    /** The label of a Set that sees too little in the shadow. */
    @Nullable
    String holdInShadow;

    /** What a probation saves at its begin. */
    @Nullable
    Watched watched;

    /** What each probation was told to go on from. */
    final List<Optional<Watched>> begun = new ArrayList<>();

    /** How often a candidate was let go of. */
    int released;

    /** What happens beside an exam. */
    Runnable duringExam = () -> {};

    /** What happens beside a probation. */
    Runnable duringProbation = () -> {};

    /** Whether a switch reads the files, as loading does. */
    boolean checkBytes;

    /** What a killed process looks like from inside: nothing of ours catches it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public Finding examine(SetFolder candidate, @Nullable SetFolder incumbent, Recall recall)
            throws RejectedException, UnavailableException {
        if ("examine".equals(waitAt)) {
            throw new UnavailableException("No memory for an exam now.");
        }
        at("examine", candidate, Reason.EXAM_FAILED);
        duringExam.run();
        recall.check();
        return found(
                Step.EXAM, Finding.Result.PASSED, "Examined " + candidate.set().label() + "." + remark);
    }

    @Override
    public Finding shadow(SetFolder candidate, @Nullable SetFolder incumbent, Recall recall) throws RejectedException {
        at("shadow", candidate, Reason.SHADOW_FAILED);
        duringShadow.run();
        recall.check();
        if (candidate.set().label().equals(holdInShadow)) {
            return found(Step.SHADOW, Finding.Result.HELD, "Too few readings.");
        }
        return found(Step.SHADOW, Finding.Result.SKIPPED, "No shadow.");
    }

    @Override
    public void release() {
        released++;
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
    public Finding probation(SetFolder set, Probation probation) throws RejectedException, UnavailableException {
        begun.add(probation.watched());
        if (watched != null) {
            probation.save(watched);
        }
        at("probation", set, Reason.PROBATION_FAILED);
        duringProbation.run();
        probation.check();
        return found(Step.PROBATION, Finding.Result.PASSED, "Proved.");
    }

    static Finding found(Step part, Finding.Result result, String sentence) {
        return new Finding(part, result, sentence, List.of(new Figures("", Map.of("n", 1.0))));
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

    private static Step part(Reason reason) {
        if (reason == Reason.EXAM_FAILED) {
            return Step.EXAM;
        }
        return reason == Reason.SHADOW_FAILED ? Step.SHADOW : Step.PROBATION;
    }

    private void at(String point, @Nullable SetFolder set, Reason reason) throws RejectedException {
        String call = point + " " + (set == null ? "nothing" : set.set().label());
        calls.add(call);
        if (call.equals(dieAt)) {
            throw new Killed();
        }
        if (call.equals(failAt)) {
            String sentence = "Told to fail at " + point + ".";
            if (reason == Reason.MALFORMED) {
                throw new RejectedException(reason, sentence);
            }
            throw new FailedTrialException(reason, found(part(reason), Finding.Result.FAILED, sentence));
        }
    }
}
