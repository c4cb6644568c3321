package dev.picket.agent.update;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.engine.Cascade;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.Lane;
import dev.picket.inference.engine.Schedule;
import dev.picket.ota.release.FirstStage;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.Release;
import dev.picket.ota.store.SetFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Set in memory, its own base and that of its first stage. Whoever has it closes it; base and tasks stay in memory for as long as another Set shares them, and
 * until the last text has ended.
 *
 * @param classifier the Set's base with the tasks that sources ask
 * @param first the first stage's; null where there is none
 * @param cascade what answers texts, by both
 * @param schedule how texts of the Set's own base share the machine
 */
record LoadedSet(
        SetFolder folder, Classifier classifier, @Nullable Classifier first, Cascade cascade, Schedule schedule)
        implements AutoCloseable {
    /**
     * Loads a Set from its folder; the base's files are hashed unless the base is in memory already.
     *
     * @param sharing a Set in memory, not closed before this returns, whose base and tasks are used where they are the same
     * @throws BadArtefactException when something is damaged, does not fit, or is not what the release says
     */
    static LoadedSet load(SetFolder folder, @Nullable LoadedSet sharing, Schedules schedules)
            throws BadArtefactException, IOException {
        InstalledSet set = folder.set();
        Classifier main = load(
                folder.base(),
                set.base(),
                tasks(set.tasks(), folder::task, sharing == null ? null : sharing.classifier),
                sharing == null ? null : sharing.classifier,
                schedules);
        Classifier first = null;
        boolean whole = false;
        try {
            first = first(folder, sharing == null ? null : sharing.first, schedules);
            LoadedSet loaded =
                    new LoadedSet(folder, main, first, new Cascade(main, first), schedule(main, sharing, schedules));
            whole = true;
            return loaded;
        } finally {
            if (!whole) {
                close(main, first);
            }
        }
    }

    private static @Nullable Classifier first(SetFolder folder, @Nullable Classifier sharing, Schedules schedules)
            throws BadArtefactException, IOException {
        FirstStage stage = folder.set().firstStage();
        return stage == null
                ? null
                : load(
                        folder.firstBase(),
                        stage.base(),
                        tasks(stage.tasks(), folder::firstTask, sharing),
                        sharing,
                        schedules);
    }

    /** Files of a task that is in memory already are not read again: all of these together may be large. */
    private static List<TaskFolder> tasks(
            List<Release> releases, Function<String, Path> where, @Nullable Classifier sharing)
            throws BadArtefactException, IOException {
        List<TaskFolder> tasks = new ArrayList<>();
        for (Release task : releases) {
            if (sharing != null && isIn(sharing, task)) {
                tasks.add(new TaskFolder(sharing.taskManifest(task.name()), task.digest(), Map.of()));
                continue;
            }
            TaskFolder read = TaskFolder.read(where.apply(task.name()));
            checkDigest("Task '" + task.name() + "'", read.digest(), task.digest());
            tasks.add(read);
        }
        return tasks;
    }

    private static boolean isIn(Classifier classifier, Release task) {
        return classifier.tasks().contains(task.name())
                && classifier.taskDigest(task.name()).equals(task.digest());
    }

    private static Classifier load(
            Path folder, Release release, List<TaskFolder> tasks, @Nullable Classifier sharing, Schedules schedules)
            throws BadArtefactException, IOException {
        if (sharing != null && sharing.baseDigest().equals(release.digest())) {
            return sharing.withTasks(tasks);
        }
        BaseFolder base = BaseFolder.read(folder);
        checkDigest("The base", base.digest(), release.digest());
        return Classifier.open(base, tasks, schedules.wanted().with(schedules.of(base)));
    }

    private static Schedule schedule(Classifier main, @Nullable LoadedSet sharing, Schedules schedules) {
        return sharing != null && sharing.classifier.baseDigest().equals(main.baseDigest())
                ? sharing.schedule
                : schedules.known(main.baseDigest());
    }

    /** Whether each base of the Set is in memory here. */
    boolean hasBasesOf(InstalledSet set) {
        FirstStage stage = set.firstStage();
        boolean hasFirst = stage == null
                || (first != null && first.baseDigest().equals(stage.base().digest()));
        return hasFirst && classifier.baseDigest().equals(set.base().digest());
    }

    /** Whether its bases have left memory: it is closed, nothing shares them, and the last run has ended. */
    boolean isFreed() {
        return classifier.isFreed() && (first == null || first.isFreed());
    }

    /** Asks one task about one text. */
    Classification classify(String task, String text, Lane lane) throws ClassificationException {
        return cascade.classify(task, text, lane);
    }

    /** The digests of all that answers of the task depend on. */
    String asked(String task) {
        return cascade.asked(task);
    }

    /** The same of each task. */
    Set<String> asked() {
        return classifier.tasks().stream().map(this::asked).collect(Collectors.toSet());
    }

    static void checkDigest(String what, String found, String signed) throws BadArtefactException {
        if (!found.equals(signed)) {
            throw new BadArtefactException(what + " has the digest " + found + " where " + signed + " is signed.");
        }
    }

    @Override
    public void close() {
        close(classifier, first);
    }

    private static void close(Classifier main, @Nullable Classifier first) {
        main.close();
        if (first != null) {
            first.close();
        }
    }
}
