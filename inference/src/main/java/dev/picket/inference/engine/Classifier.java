package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One base and its tasks, fixed for life; safe for many threads. {@link #with} gives another classifier on the same base
 * in memory, so a task changes without a reload while this one goes on; whoever uses them switches between two texts.
 *
 * <p>Native memory of a base or task is freed when the last classifier that has it is closed and its last run has ended.
 */
public final class Classifier implements AutoCloseable {
    private final Base base;
    private final Map<String, LoadedTask> tasks;
    private final Lifetime lifetime;

    /** Takes over one use of the base and one of each task. */
    private Classifier(Base base, Map<String, LoadedTask> tasks) {
        this.base = base;
        this.tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
        this.lifetime = new Lifetime(this::free);
    }

    /**
     * Loads a base and its tasks; every file of the base is hashed.
     *
     * @param tasks with different names, each made for this base; may be empty
     * @throws BadArtefactException when one is damaged or does not fit the other
     * @throws IOException when the disk fails
     */
    public static Classifier open(BaseFolder base, List<TaskFolder> tasks, EngineOptions options)
            throws BadArtefactException, IOException {
        try (Base opened = Base.open(base, options)) {
            return on(opened, tasks);
        }
    }

    /**
     * Loads tasks on a base that is in memory already; the caller still closes its own hold of the base.
     *
     * @throws BadArtefactException when a task is damaged or was made for another base
     */
    public static Classifier on(Base base, List<TaskFolder> tasks) throws BadArtefactException {
        return assemble(base, tasks, Map.of());
    }

    /**
     * The same base with exactly these tasks; one that is loaded already, by its digest, is shared. This classifier stays
     * as it is and open.
     *
     * @throws BadArtefactException when a task is damaged or was made for another base
     * @throws IllegalStateException when this classifier is closed
     */
    public Classifier withTasks(List<TaskFolder> wanted) throws BadArtefactException {
        enter();
        try {
            return assemble(base, wanted, tasks);
        } finally {
            lifetime.leave();
        }
    }

    private static Classifier assemble(Base base, List<TaskFolder> wanted, Map<String, LoadedTask> loaded)
            throws BadArtefactException {
        Map<String, LoadedTask> next = new LinkedHashMap<>();
        boolean complete = false;
        try {
            for (TaskFolder folder : wanted) {
                if (next.containsKey(folder.manifest().name())) {
                    throw new BadArtefactException(
                            "Two tasks are named '" + folder.manifest().name() + "'.");
                }
                LoadedTask same = loaded.get(folder.manifest().name());
                if (same != null && same.digest().equals(folder.digest())) {
                    same.lifetime().share();
                    next.put(same.name(), same);
                } else {
                    next.put(folder.manifest().name(), LoadedTask.load(base, folder));
                }
            }
            base.lifetime().share();
            complete = true;
            return new Classifier(base, next);
        } finally {
            if (!complete) {
                next.values().forEach(task -> task.lifetime().leave());
            }
        }
    }

    /**
     * The same base and tasks with this one added, or in place of the one of its name. This classifier stays as it is and
     * open.
     *
     * @throws BadArtefactException when the task is damaged or was made for another base
     * @throws IllegalStateException when this classifier is closed
     */
    public Classifier with(TaskFolder task) throws BadArtefactException {
        enter();
        try {
            LoadedTask loaded = LoadedTask.load(base, task);
            Map<String, LoadedTask> next = new LinkedHashMap<>(tasks);
            next.remove(loaded.name());
            next.values().forEach(kept -> kept.lifetime().share());
            next.put(loaded.name(), loaded);
            base.lifetime().share();
            return new Classifier(base, next);
        } finally {
            lifetime.leave();
        }
    }

    /**
     * Asks one task about one text of a source: {@link #classify(String, String, Lane)} in the background.
     *
     * @throws ClassificationException when this text cannot be classified; another may
     */
    public Classification classify(String task, String text) throws ClassificationException {
        return classify(task, text, Lane.BACKGROUND);
    }

    /**
     * Asks one task about one text. Waits while all runs are taken; a text that has no answer at its deadline is given up,
     * and its run terminated. Waiting counts in the {@link Lane#INTERACTIVE} lane alone.
     *
     * @param lane who waits for the answer
     * @param text of any length and content, blank included; more tokens than the task takes lose their middle
     * @throws ClassificationException when this text cannot be classified; another may
     * @throws IllegalArgumentException when there is no such task
     * @throws IllegalStateException when this classifier is closed
     */
    public Classification classify(String task, String text, Lane lane) throws ClassificationException {
        return classify(task, text, turn(lane));
    }

    /** One text's turn; it may go on at another base. */
    Turn turn(Lane lane) {
        return new Turn(lane, base.options().deadline().toNanos());
    }

    /** The same in a turn that has begun. */
    Classification classify(String task, String text, Turn turn) throws ClassificationException {
        enter();
        try {
            LoadedTask asked = task(task);
            return inTime(asked, turn, () -> asked.classify(text));
        } finally {
            lifetime.leave();
        }
    }

    private <T> T inTime(LoadedTask task, Turn turn, Turn.Work<T, ClassificationException> work)
            throws ClassificationException {
        try {
            return turn.work(work);
        } catch (NoTurnException e) {
            throw new ClassificationException(
                    task.name(), e.reason(), "Task '" + task.name() + "': " + e.getMessage(), e);
        } catch (ClassificationException e) {
            if (!turn.isExpired()) {
                throw e;
            }
            throw new ClassificationException(
                    task.name(),
                    "deadline",
                    "Task '" + task.name() + "' had no answer within "
                            + base.options().deadline().toMillis() + " ms.",
                    e);
        }
    }

    /**
     * The scores of one text before calibration, one a label in the task's order: what a calibration is fitted on.
     *
     * @throws ClassificationException when this text cannot be classified
     */
    public float[] scores(String task, String text) throws ClassificationException {
        enter();
        try {
            return task(task).scores(text);
        } finally {
            lifetime.leave();
        }
    }

    /**
     * The bare runs of some texts, for measuring what {@link #classify} adds to them.
     *
     * @throws ClassificationException when the runtime refuses the inputs
     */
    public BareRuns bareRuns(String task, List<String> texts) throws ClassificationException {
        enter();
        try {
            return BareRuns.prepare(task(task), texts);
        } finally {
            lifetime.leave();
        }
    }

    /** The tasks' names, in order. */
    public Set<String> tasks() {
        return tasks.keySet();
    }

    /** SHA-256 of base.json, lower-case hex. */
    public String baseDigest() {
        return base.digest();
    }

    public BaseManifest baseManifest() {
        return base.manifest();
    }

    /** What the base is computed on. */
    public ProviderChoice provider() {
        return base.provider();
    }

    /** What the base's self-test at load found. */
    public SelfTest.Outcome selfTest() {
        return base.selfTest();
    }

    /** SHA-256 of the task's task.json, lower-case hex. */
    public String taskDigest(String task) {
        return task(task).digest();
    }

    public TaskManifest taskManifest(String task) {
        return task(task).manifest();
    }

    Lifetime taskLifetime(String task) {
        return task(task).lifetime();
    }

    Lifetime baseLifetime() {
        return base.lifetime();
    }

    private void enter() {
        if (!lifetime.enter()) {
            throw new IllegalStateException("This classifier of base " + base.digest() + " is closed");
        }
    }

    private LoadedTask task(String name) {
        LoadedTask task = tasks.get(name);
        if (task == null) {
            throw new IllegalArgumentException(
                    "There is no task '" + name + "'; the tasks are " + new ArrayList<>(tasks.keySet()));
        }
        return task;
    }

    private void free() {
        tasks.values().forEach(task -> task.lifetime().leave());
        base.lifetime().leave();
    }

    /** Whether the base has left memory: this is closed, so is every other classifier on it, and the last run has ended. */
    public boolean isFreed() {
        return base.lifetime().isFreed();
    }

    /** Takes no further text; what runs is finished, then the memory that nobody else uses is freed. */
    @Override
    public void close() {
        lifetime.end();
    }
}
