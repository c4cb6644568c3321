package dev.picket.agent.update;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.store.SetFolder;
import dev.picket.ota.update.Finding;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.Trial;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The trial of a Set inside the agent: its exam beside the Set that serves, the switch, and a watch afterwards. What was
 * loaded for the exam is what the switch takes.
 */
final class SetTrial implements Trial {
    private static final int MAX_EXAM_BYTES = 64 << 20;

    private final ServingSet serving;
    private final TrialSettings settings;
    private final Retry.Sleeper sleeper;
    private @Nullable LoadedSet examined;

    SetTrial(ServingSet serving, TrialSettings settings, Retry.Sleeper sleeper) {
        this.serving = serving;
        this.settings = settings;
        this.sleeper = sleeper;
    }

    @Override
    public Finding examine(SetFolder candidate, @Nullable SetFolder incumbent, Recall recall)
            throws RejectedException, UnavailableException, InterruptedException {
        dropExamined();
        LoadedSet loaded;
        try {
            loaded = LoadedSet.load(candidate, serving.loaded(), settings.engine());
        } catch (BadArtefactException e) {
            throw new RejectedException(Reason.EXAM_FAILED, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UnavailableException("Set " + candidate.set().label() + " cannot be read: " + e.getMessage(), e);
        }
        boolean passed = false;
        try {
            String sentence = examineAll(loaded);
            passed = true;
            examined = loaded;
            return new Finding(Step.EXAM, Finding.Result.PASSED, sentence, List.of());
        } finally {
            if (!passed) {
                loaded.close();
            }
        }
    }

    @Override
    public Finding shadow(SetFolder candidate, @Nullable SetFolder incumbent, Recall recall) {
        return new Finding(
                Step.SHADOW,
                Finding.Result.SKIPPED,
                incumbent == null ? "No shadow: first install." : "No shadow: not built yet.",
                List.of());
    }

    @Override
    public void switchTo(@Nullable SetFolder set) throws RejectedException {
        if (set == null) {
            dropExamined();
            serving.stop("no Set has proved itself yet");
            return;
        }
        LoadedSet now = serving.loaded();
        if (now != null && now.folder().set().equals(set.set())) {
            return;
        }
        serving.switchTo(taken(set));
    }

    @Override
    public Finding probation(SetFolder set, Probation probation) throws RejectedException, InterruptedException {
        Duration left = settings.probation();
        while (left.isPositive()) {
            Duration step = left.compareTo(settings.probationStep()) < 0 ? left : settings.probationStep();
            sleeper.sleep(step);
            left = left.minus(step);
            probation.check();
            checkFailures(set);
        }
        checkFailures(set);
        long texts = serving.watch().map(Watch::texts).orElse(0L);
        long failures = serving.watch().map(Watch::failures).orElse(0L);
        return new Finding(
                Step.PROBATION,
                Finding.Result.PASSED,
                "Probation: " + texts + " texts, " + failures + " failed.",
                List.of());
    }

    private void checkFailures(SetFolder set) throws RejectedException {
        Optional<Watch> watch = serving.watch();
        long texts = watch.map(Watch::texts).orElse(0L);
        long failures = watch.map(Watch::failures).orElse(0L);
        if (texts >= settings.probationMinTexts() && failures > texts * settings.probationMaxFailures()) {
            throw new RejectedException(
                    Reason.PROBATION_FAILED,
                    "Set " + set.set().label() + " failed on " + failures + " of " + texts
                            + " texts since the switch.");
        }
    }

    /** What the exam loaded, or the Set loaded anew. */
    private LoadedSet taken(SetFolder set) throws RejectedException {
        LoadedSet ready = examined;
        examined = null;
        if (ready != null && ready.folder().set().equals(set.set())) {
            return ready;
        }
        if (ready != null) {
            ready.close();
        }
        try {
            return LoadedSet.load(set, serving.loaded(), settings.engine());
        } catch (BadArtefactException | IOException e) {
            throw new RejectedException(
                    Reason.MALFORMED, "Set " + set.set().label() + " cannot be loaded: " + e.getMessage());
        }
    }

    private void dropExamined() {
        if (examined != null) {
            examined.close();
            examined = null;
        }
    }

    private String examineAll(LoadedSet loaded) throws RejectedException, UnavailableException, InterruptedException {
        List<String> sentences = new ArrayList<>();
        for (String task : loaded.classifier().tasks()) {
            try {
                sentences.add(examineTask(loaded, loaded.classifier().taskManifest(task)));
            } catch (IOException e) {
                throw new UnavailableException("The exam of task " + task + " cannot be read: " + e.getMessage(), e);
            } catch (ClassificationException | BadArtefactException e) {
                throw new RejectedException(Reason.EXAM_FAILED, String.valueOf(e.getMessage()));
            }
        }
        return sentences.isEmpty() ? "No task to examine." : String.join(" ", sentences);
    }

    private String examineTask(LoadedSet loaded, TaskManifest manifest)
            throws RejectedException, BadArtefactException, ClassificationException, IOException, InterruptedException {
        ListedFile exam = manifest.file(TaskManifest.EXAM)
                .orElseThrow(() -> new RejectedException(
                        Reason.EXAM_FAILED, "Task " + manifest.name() + " comes without an exam."));
        byte[] bytes = exam.read(loaded.folder().task(manifest.name()), MAX_EXAM_BYTES);
        List<ExamRow> rows = ExamRow.parse(bytes, manifest.labelNames(), settings.examRows());
        List<Classification> answers = new ArrayList<>();
        for (ExamRow row : rows) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            answers.add(loaded.classifier().classify(manifest.name(), row.text()));
        }
        String sentence =
                new Exam(manifest, rows, settings.minAgreement(), settings.maxMeanDifference()).check(answers);
        return sentence + " " + checkLatency(loaded, manifest, rows, answers);
    }

    private String checkLatency(LoadedSet loaded, TaskManifest task, List<ExamRow> rows, List<Classification> answers)
            throws RejectedException, ClassificationException {
        long p95 = Latency.percentile(
                answers.stream().map(Classification::latencyNanos).toList());
        checkCeiling(task, p95);
        LoadedSet incumbent = serving.loaded();
        if (incumbent == null || !incumbent.classifier().tasks().contains(task.name())) {
            return String.format(Locale.ROOT, "p95 %.2f ms, no incumbent.", p95 / 1e6);
        }
        List<String> texts =
                rows.stream().limit(settings.latencyRows()).map(ExamRow::text).toList();
        Latency best = Latency.measure(loaded.classifier(), incumbent.classifier(), task.name(), texts);
        double limit = task.exam().maxLatencyRatio();
        for (int round = 1; best.ratio() > limit && round < settings.latencyRounds(); round++) {
            Latency again = Latency.measure(loaded.classifier(), incumbent.classifier(), task.name(), texts);
            best = again.ratio() < best.ratio() ? again : best;
        }
        if (best.ratio() > limit) {
            throw new RejectedException(
                    Reason.EXAM_FAILED,
                    String.format(
                            Locale.ROOT,
                            "The exam of task %s took %.2f times the incumbent's p95 of %.2f ms, and %.2f are allowed.",
                            task.name(),
                            best.ratio(),
                            best.incumbentNanos() / 1e6,
                            limit));
        }
        return String.format(
                Locale.ROOT, "p95 %.2f ms, %.2f of the incumbent's.", best.candidateNanos() / 1e6, best.ratio());
    }

    private void checkCeiling(TaskManifest task, long p95) throws RejectedException {
        Optional<Duration> ceiling = settings.maxLatency();
        if (ceiling.isPresent() && p95 > ceiling.get().toNanos()) {
            throw new RejectedException(
                    Reason.EXAM_FAILED,
                    String.format(
                            Locale.ROOT,
                            "The exam of task %s had a p95 of %.2f ms, and this gateway allows %d ms.",
                            task.name(),
                            p95 / 1e6,
                            ceiling.get().toMillis()));
        }
    }
}
