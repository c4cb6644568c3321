package dev.picket.agent.update;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.Scheduling;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.store.SetFolder;
import dev.picket.ota.update.FailedTrialException;
import dev.picket.ota.update.Finding;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.Trial;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trial of a Set inside the agent. A task on the base that serves is examined here, beside the Set that serves; a base
 * that has not run here is examined in a process of its own. What was loaded for exam or shadow is what the switch takes.
 */
final class SetTrial implements Trial {
    private static final Logger log = LoggerFactory.getLogger(SetTrial.class);

    private final ServingSet serving;
    private final TrialSettings settings;
    private final Pace pace;
    private final BaseSwap swap;
    private @Nullable LoadedSet candidate;
    private final Schedules schedules;
    private @Nullable Shadow shadow;
    private Probationer.Before before = Probationer.Before.UNKNOWN;
    /** Whether what serves was loaded whole from the disk, as a restart would. */
    private boolean cold;

    SetTrial(ServingSet serving, TrialSettings settings, Pace pace) {
        this.serving = serving;
        this.settings = settings;
        this.pace = pace;
        this.swap = new BaseSwap(serving, settings.room(), pace, leavesWithin(settings.engine()));
        this.schedules = new Schedules(settings.engine(), Scheduling.usual(), settings.room()::fits);
    }

    /** As long as the texts may take that have begun: one a thread that judges, and each may wait for all others. */
    private static Duration leavesWithin(EngineOptions engine) {
        int turns = engine.runs() > 0 ? 1 : Math.max(1, Runtime.getRuntime().availableProcessors());
        return engine.deadline().multipliedBy(turns);
    }

    @Override
    public Finding examine(SetFolder set, @Nullable SetFolder incumbent, Recall recall)
            throws RejectedException, UnavailableException, InterruptedException {
        release();
        LoadedSet now = servingNow(incumbent);
        if (now != null && sameBase(now, set)) {
            return examineTasks(set, now, recall);
        }
        if (now == null || incumbent == null || swap.fits(set)) {
            return new Examination(settings.beside(now), set, pace, recall, now).inProcess();
        }
        // The process of the exam needs the memory of the Set that serves: readings wait in their sources meanwhile.
        swap.makeWay("a base is being examined, and there is no memory for two");
        try {
            return new Examination(settings.beside(now), set, pace, recall, null).inProcess();
        } finally {
            serveAgain(incumbent);
        }
    }

    /** The exam compares with what serves; an earlier one may have failed to bring that back. */
    private @Nullable LoadedSet servingNow(@Nullable SetFolder incumbent) {
        if (serving.loaded() == null && incumbent != null) {
            try {
                serving.switchTo(load(incumbent, null, Reason.MALFORMED));
            } catch (RejectedException e) {
                log.error("The exam has nothing to compare with: {}", e.getMessage());
            }
        }
        return serving.loaded();
    }

    private Finding examineTasks(SetFolder set, LoadedSet now, Recall recall)
            throws RejectedException, UnavailableException, InterruptedException {
        LoadedSet loaded = load(set, now, Reason.EXAM_FAILED);
        boolean passed = false;
        try {
            Finding finding = new Examination(settings, set, pace, recall, now).inAgent(loaded);
            passed = true;
            candidate = loaded;
            return finding;
        } finally {
            if (!passed) {
                loaded.close();
            }
        }
    }

    private void serveAgain(SetFolder incumbent) throws UnavailableException {
        try {
            serving.switchTo(load(incumbent, null, Reason.MALFORMED));
        } catch (RejectedException e) {
            throw new UnavailableException(
                    "Set " + incumbent.set().label() + " cannot be loaded again after an exam: " + e.getMessage(), e);
        }
    }

    @Override
    public Finding shadow(SetFolder set, @Nullable SetFolder incumbent, Recall recall)
            throws RejectedException, InterruptedException {
        LoadedSet now = serving.loaded();
        if (now == null || incumbent == null) {
            return skipped(Finding.Result.SKIPPED, "No shadow: first install.");
        }
        LoadedSet ready = candidate;
        if (ready == null || !ready.folder().set().equals(set.set())) {
            if (!sameBase(now, set) && !swap.fits(set)) {
                return skipped(Finding.Result.SKIPPED_MEMORY, "No shadow: there is no memory for two bases.");
            }
            release();
            ready = load(set, now, Reason.SHADOW_FAILED);
            candidate = ready;
        }
        if (shadow == null) {
            shadow = new Shadow(settings.config(), ready, now);
        }
        return shadow.run(serving, pace, recall);
    }

    @Override
    public void release() {
        shadow = null;
        if (candidate != null) {
            candidate.close();
            candidate = null;
        }
    }

    @Override
    public void switchTo(@Nullable SetFolder set) throws RejectedException, InterruptedException {
        if (set == null) {
            release();
            serving.stop("no Set has proved itself yet");
            return;
        }
        LoadedSet now = serving.loaded();
        if (now != null && now.folder().set().equals(set.set())) {
            return;
        }
        before = serving.watch().map(Probationer.Before::of).orElse(Probationer.Before.UNKNOWN);
        LoadedSet ready = candidate;
        candidate = null;
        if (ready != null && ready.folder().set().equals(set.set())) {
            shadow = null;
            serving.switchTo(ready);
            cold = false;
            return;
        }
        if (ready != null) {
            ready.close();
        }
        release();
        cold = now == null || !sameBase(now, set);
        serving.switchTo(swap.besideOrInstead(set, now, (each, sharing) -> load(each, sharing, Reason.MALFORMED)));
    }

    @Override
    public Finding probation(SetFolder set, Probation probation)
            throws RejectedException, UnavailableException, InterruptedException {
        boolean longer = probation.findings().stream().anyMatch(each -> each.result() == Finding.Result.SKIPPED_MEMORY);
        Duration time = settings.config().probation().multipliedBy(longer ? 2 : 1);
        Watch watch = serving.watch()
                .orElseThrow(() -> new RejectedException(
                        Reason.PROBATION_FAILED, "Set " + set.set().label() + " does not serve."));
        Probationer probationer = new Probationer(
                settings.config(),
                probation.watched().orElseGet(() -> Probationer.begin(time, before)),
                maxLatencyRatio(),
                watch,
                pace);
        return probationer.run(probation, () -> loadCold(set, watch));
    }

    private double maxLatencyRatio() {
        LoadedSet now = serving.loaded();
        double declared = now == null
                ? Double.MAX_VALUE
                : now.classifier().tasks().stream()
                        .map(now.classifier()::taskManifest)
                        .map(TaskManifest::exam)
                        .mapToDouble(TaskManifest.ExamGates::maxLatencyRatio)
                        .max()
                        .orElse(Double.MAX_VALUE);
        return Math.min(settings.config().maxLatencyRatio(), declared);
    }

    /** Loads the Set as a restart would, every byte hashed and nothing shared, and lets that serve: it must do so again. */
    private void loadCold(SetFolder set, Watch watch) throws RejectedException, InterruptedException {
        if (cold) {
            return;
        }
        try {
            if (!swap.fits(set)) {
                swap.makeWay("the Set is being loaded anew, and there is no memory for two");
            }
            serving.switchTo(load(set, null, Reason.PROBATION_FAILED), watch);
            cold = true;
        } catch (RejectedException e) {
            throw new FailedTrialException(
                    Reason.PROBATION_FAILED,
                    new Finding(
                            Step.PROBATION,
                            Finding.Result.FAILED,
                            "It could not be loaded from the disk again: " + e.getMessage(),
                            List.of()));
        }
    }

    private LoadedSet load(SetFolder set, @Nullable LoadedSet sharing, Reason reason) throws RejectedException {
        try {
            return LoadedSet.load(set, sharing, schedules);
        } catch (BadArtefactException | IOException e) {
            throw new RejectedException(reason, "Set " + set.set().label() + " cannot be loaded: " + e.getMessage());
        }
    }

    private static boolean sameBase(LoadedSet now, SetFolder set) {
        return BaseSwap.sameBase(now, set);
    }

    private static Finding skipped(Finding.Result result, String sentence) {
        return new Finding(Step.SHADOW, result, sentence, List.of());
    }
}
