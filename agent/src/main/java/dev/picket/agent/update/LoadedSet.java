package dev.picket.agent.update;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.engine.Base;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.ota.release.Release;
import dev.picket.ota.store.SetFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Set in memory: its base, its tasks, and the classifier over them. Whoever has it closes it; the base stays in memory
 * for as long as another Set shares it, and a classifier until its last text has ended.
 */
final class LoadedSet implements AutoCloseable {
    private final SetFolder folder;
    private final Base base;
    private final Classifier classifier;
    private final List<TaskFolder> tasks;

    private LoadedSet(SetFolder folder, Base base, Classifier classifier, List<TaskFolder> tasks) {
        this.folder = folder;
        this.base = base;
        this.classifier = classifier;
        this.tasks = List.copyOf(tasks);
    }

    /**
     * Loads a Set from its folder; the base's files are hashed unless the base is in memory already.
     *
     * @param sharing a Set in memory, not closed before this returns, whose base is used where it is the same
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
        if (sharing != null && sharing.base.digest().equals(digest)) {
            return new LoadedSet(folder, sharing.base, Classifier.on(sharing.base, tasks), tasks);
        }
        BaseFolder read = BaseFolder.read(folder.base());
        checkDigest("The base", read.digest(), digest);
        // The classifier holds the base; this first hold of it ends here.
        try (Base base = Base.open(read, options)) {
            return new LoadedSet(folder, base, Classifier.on(base, tasks), tasks);
        }
    }

    private static void checkDigest(String what, String found, String signed) throws BadArtefactException {
        if (!found.equals(signed)) {
            throw new BadArtefactException(what + " has the digest " + found + " where " + signed + " is signed.");
        }
    }

    SetFolder folder() {
        return folder;
    }

    Classifier classifier() {
        return classifier;
    }

    List<TaskFolder> tasks() {
        return tasks;
    }

    String baseDigest() {
        return base.digest();
    }

    @Override
    public void close() {
        classifier.close();
    }
}
