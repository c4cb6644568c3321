package dev.picket.agent.update;

import dev.picket.agent.config.UpdatesConfig;
import dev.picket.agent.judge.ServingSet;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.Classifier;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.store.SetFolder;
import dev.picket.ota.update.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a Set must pass on this gateway: its exam beside the Set that serves, and probation after the switch. */
final class SetTrial implements Trial {
    private static final int LATENCY_ROUNDS = 3;
    private static final long ANSWERS_THAT_COUNT = 20;
    private static final Duration LOOK = Duration.ofMillis(200);

    private final ServingSet serving;
    private final UpdatesConfig config;
    private final Waiting waiting;

    /** How time passes while a Set is watched; a test lets it pass at once. */
    interface Waiting {
        void sleep(Duration time) throws InterruptedException;
    }

    SetTrial(ServingSet serving, UpdatesConfig config, Waiting waiting) {
        this.serving = serving;
        this.config = config;
        this.waiting = waiting;
    }

    @Override
    public Finding examine(SetFolder candidate, @Nullable SetFolder incumbent)
            throws RejectedException, UnavailableException, InterruptedException {
        List<String> found = new ArrayList<>();
        try (Classifier examined = serving.load(candidate)) {
            for (String task : candidate.taskNames()) {
                Exam exam = new Exam(
                        examined, task, Files.readAllBytes(candidate.task(task).resolve(TaskManifest.EXAM)));
                found.add(exam.hold());
                found.add(latency(examined, task, exam));
            }
        } catch (BadArtefactException e) {
            throw cannotLoad(e);
        } catch (IOException e) {
            throw new UnavailableException("The Set cannot be read for its exam: " + e.getMessage() + ".", e);
        }
        return new Finding(false, String.join("; ", found));
    }

    /** One slow round may be the machine's doing, so a candidate fails only when every round says so. */
    private String latency(Classifier examined, String task, Exam exam) throws RejectedException {
        double allowed = Math.min(
                config.maxLatencyRatio(), examined.taskManifest(task).exam().maxLatencyRatio());
        Duration ceiling = config.latencyCeiling();
        Latency last = new Latency(0, 0);
        for (int round = 0; round < LATENCY_ROUNDS; round++) {
            try {
                last = Latency.measure(examined, serving.classifier().orElse(null), task, exam.rows());
            } catch (ClassificationException e) {
                throw new RejectedException(Reason.EXAM_FAILED, "An answer failed while timed: " + e.getMessage());
            }
            if (last.ratio() <= allowed && (ceiling == null || last.p95().compareTo(ceiling) <= 0)) {
                return String.format(
                        Locale.ROOT, "p95 %.1f ms, %.2f of the incumbent's", last.p95Nanos() / 1e6, last.ratio());
            }
        }
        throw new RejectedException(
                Reason.EXAM_FAILED,
                String.format(
                        Locale.ROOT,
                        "Task '%s' is too slow here: p95 %.1f ms, %.2f of the incumbent's where %.2f is allowed%s.",
                        task,
                        last.p95Nanos() / 1e6,
                        last.ratio(),
                        allowed,
                        ceiling == null ? "" : ", ceiling " + ceiling.toMillis() + " ms"));
    }

    @Override
    public Finding shadow(SetFolder candidate, @Nullable SetFolder incumbent) {
        return new Finding(true, "shadow is not held by this version");
    }

    @Override
    public void switchTo(@Nullable SetFolder set) throws RejectedException {
        try {
            serving.switchTo(set);
        } catch (BadArtefactException | IOException e) {
            throw cannotLoad(e);
        }
    }

    @Override
    public Finding probation(SetFolder set) throws RejectedException, InterruptedException {
        Duration left = config.probation();
        while (left.isPositive()) {
            Duration look = left.compareTo(LOOK) < 0 ? left : LOOK;
            waiting.sleep(look);
            left = left.minus(look);
            checkFailures();
        }
        ServingSet.Answers answers = serving.answersSinceSwitch();
        return new Finding(
                false,
                "probation of " + config.probation().toMillis() + " ms: " + answers.given() + " answered, "
                        + answers.escalated() + " escalated, " + answers.failed() + " failed");
    }

    private void checkFailures() throws RejectedException {
        ServingSet.Answers answers = serving.answersSinceSwitch();
        long all = answers.given() + answers.failed();
        if (all >= ANSWERS_THAT_COUNT && answers.failed() > all * config.maxFailedShare()) {
            throw new RejectedException(
                    Reason.PROBATION_FAILED,
                    answers.failed() + " of " + all + " texts failed during probation, a share of "
                            + config.maxFailedShare() + " is allowed.");
        }
    }

    private static RejectedException cannotLoad(Exception e) {
        return new RejectedException(Reason.EXAM_FAILED, "The Set cannot be loaded: " + e.getMessage());
    }
}
