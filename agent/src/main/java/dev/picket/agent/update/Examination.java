package dev.picket.agent.update;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.CascadeRule;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.store.SetFolder;
import dev.picket.ota.update.Figures;
import dev.picket.ota.update.Finding;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.Trial;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The exams of all tasks of one Set, one after the other, within one deadline: each task on its own base, then those that
 * have a first stage with both stages as they will serve.
 */
final class Examination {
    private final TrialSettings settings;
    private final SetFolder set;
    private final Pace pace;
    private final Trial.Recall recall;
    private final @Nullable LoadedSet incumbent;

    /** @param incumbent null where none serves */
    Examination(TrialSettings settings, SetFolder set, Pace pace, Trial.Recall recall, @Nullable LoadedSet incumbent) {
        this.settings = settings;
        this.set = set;
        this.pace = pace;
        this.recall = recall;
        this.incumbent = incumbent;
    }

    /** In this process, which the candidate's base has served in already. */
    Finding inAgent(LoadedSet loaded) throws RejectedException, UnavailableException, InterruptedException {
        return hold(InAgent.of(loaded));
    }

    /** In a process of its own. */
    Finding inProcess() throws RejectedException, UnavailableException, InterruptedException {
        try (ExamProcess process = ExamProcess.start(
                set,
                settings.engine(),
                settings.config().examMemoryBytes(),
                settings.scratch(),
                pace,
                settings.config().examWithin())) {
            return hold(process);
        }
    }

    private Finding hold(Examinee candidate) throws RejectedException, UnavailableException, InterruptedException {
        List<Figures> figures = new ArrayList<>();
        List<String> sentences = new ArrayList<>();
        List<ExamPaper> papers = new ArrayList<>();
        ExamTime time = new ExamTime(pace, settings.config().examWithin(), incumbent != null, recall);
        for (Release release :
                set.set().releases().filter(each -> each.kind() == Kind.TASK).toList()) {
            ExamPaper paper = paper(release);
            TaskManifest task = paper.task();
            if (set.set().tasks().contains(release)) {
                papers.add(paper);
            }
            Examinee beside = incumbent != null && InAgent.of(incumbent).has(task.name())
                    ? time.resting(InAgent.of(incumbent))
                    : null;
            TaskExam exam = new TaskExam(settings.config(), task, paper.rows(), time.resting(candidate), beside, time);
            hold(exam::hold, exam::figures, figures);
            sentences.add(exam.sentence());
        }
        for (ExamPaper paper : papers) {
            CascadeRule rule = paper.task().cascade();
            if (rule == null || set.set().firstStage() == null) {
                continue;
            }
            Examinee served = time.resting(candidate.asServed());
            StagesExam exam = new StagesExam(settings.config(), paper.task(), rule, paper.rows(), served, time);
            hold(exam::hold, exam::figures, figures);
            sentences.add(exam.sentence());
        }
        String sentence = sentences.isEmpty() ? "No task to examine." : String.join(" ", sentences);
        return new Finding(Step.EXAM, Finding.Result.PASSED, sentence, figures);
    }

    /** One exam. */
    private interface Exams {
        void hold() throws RejectedException, InterruptedException;
    }

    private static void hold(Exams exam, Supplier<Figures> measured, List<Figures> figures)
            throws RejectedException, InterruptedException {
        try {
            exam.hold();
        } catch (RejectedException e) {
            if (e.reason() != Reason.EXAM_FAILED) {
                throw e;
            }
            figures.add(measured.get());
            throw TaskExam.failed(e, figures);
        }
        figures.add(measured.get());
    }

    private Path folder(Release task) {
        return set.set().tasks().contains(task) ? set.task(task.name()) : set.firstTask(task.name());
    }

    private ExamPaper paper(Release release) throws RejectedException, UnavailableException {
        ExamPaper paper = ExamPaper.read(folder(release), settings.config().examRows());
        try {
            LoadedSet.checkDigest("Task '" + release.name() + "'", paper.digest(), release.digest());
        } catch (BadArtefactException e) {
            throw new RejectedException(Reason.EXAM_FAILED, String.valueOf(e.getMessage()));
        }
        return paper;
    }
}
