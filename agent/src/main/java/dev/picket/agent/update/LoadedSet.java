package dev.picket.agent.update;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.ota.release.Release;
import dev.picket.ota.store.SetFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Set in memory. Whoever has it closes it; base and tasks stay in memory for as long as another Set shares them, and
 * until the last text has ended.
 */
record LoadedSet(SetFolder folder, Classifier classifier) implements AutoCloseable {
    /**
     * Loads a Set from its folder; the base's files are hashed unless the base is in memory already.
     *
     * @param sharing a Set in memory, not closed before this returns, whose base and tasks are used where they are the same
     * @throws BadArtefactException when something is damaged, does not fit, or is not what the release says
     */
    static LoadedSet load(SetFolder folder, @Nullable LoadedSet sharing, EngineOptions options)
            throws BadArtefactException, IOException {
        List<TaskFolder> tasks = new ArrayList<>();
        for (Release task : folder.set().tasks()) {
            TaskFolder read = TaskFolder.read(folder.task(task.name()));
            checkDigest("Task '" + task.name() + "'", read.digest(), task.digest());
            tasks.add(read);
        }
        String digest = folder.set().base().digest();
        if (sharing != null && sharing.classifier.baseDigest().equals(digest)) {
            return new LoadedSet(folder, sharing.classifier.withTasks(tasks));
        }
        BaseFolder base = BaseFolder.read(folder.base());
        checkDigest("The base", base.digest(), digest);
        return new LoadedSet(folder, Classifier.open(base, tasks, options));
    }

    /** Asks one task about one text. */
    Classification classify(String task, String text) throws ClassificationException {
        return classifier.classify(task, text);
    }

    /** The digests of all that answers of the task depend on. */
    String asked(String task) {
        return classifier.taskDigest(task);
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
        classifier.close();
    }
}
