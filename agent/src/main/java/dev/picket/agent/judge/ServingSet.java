package dev.picket.agent.judge;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.Decision;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.engine.Base;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.Serving;
import dev.picket.ota.store.SetFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The Set that serves now, and the one place where it is switched. The next text gets the new Set, running ones finish
 * on the old; a Set on the same base shares it in memory.
 */
public final class ServingSet implements Judge, AutoCloseable {
    /** What is loaded: one Set, with its base, so that the next Set can share it. */
    private record Loaded(SetFolder set, Base base, Serving serving) {}

    /** What was answered since the last switch. */
    public record Answers(long given, long escalated, long failed) {}

    private static final class Counts {
        final LongAdder given = new LongAdder();
        final LongAdder escalated = new LongAdder();
        final LongAdder failed = new LongAdder();
    }

    private final EngineOptions options;
    private volatile @Nullable Loaded now;
    private volatile Counts counts = new Counts();

    public ServingSet(EngineOptions options) {
        this.options = options;
    }

    @Override
    public Set<String> tasks() {
        Loaded loaded = now;
        return loaded == null ? Set.of() : loaded.serving.current().tasks();
    }

    @Override
    public Classification judge(String task, String text) throws NotServingException, JudgingFailedException {
        Loaded loaded = now;
        if (loaded == null) {
            throw new NotServingException(task, "no Set is installed yet");
        }
        if (!loaded.serving.current().tasks().contains(task)) {
            throw new NotServingException(task, "the Set " + loaded.set.set().label() + " has no such task");
        }
        Counts counting = counts;
        try {
            Classification answer = loaded.serving.classify(task, text);
            counting.given.increment();
            if (answer.decision() instanceof Decision.Escalate) {
                counting.escalated.increment();
            }
            return answer;
        } catch (ClassificationException e) {
            counting.failed.increment();
            throw new JudgingFailedException("error", e);
        } catch (IllegalStateException e) {
            // Closed between the look and the call: the agent is stopping, or nothing serves from now on.
            throw new NotServingException(task, String.valueOf(e.getMessage()));
        }
    }

    /** The Set that serves; empty while none does. */
    public Optional<SetFolder> set() {
        return Optional.ofNullable(now).map(Loaded::set);
    }

    /** The classifier that serves, to ask for digests; empty while none does. */
    public Optional<Classifier> classifier() {
        return Optional.ofNullable(now).map(loaded -> loaded.serving.current());
    }

    public Answers answersSinceSwitch() {
        Counts counting = counts;
        return new Answers(counting.given.sum(), counting.escalated.sum(), counting.failed.sum());
    }

    /**
     * Loads a Set beside the one that serves, on its base where that is the same; the caller closes it.
     *
     * @throws BadArtefactException when a file is damaged or does not fit
     * @throws IOException when the disk fails
     */
    public Classifier load(SetFolder set) throws BadArtefactException, IOException {
        Loaded loaded = now;
        if (loaded != null && sameBase(loaded, set)) {
            return Classifier.on(loaded.base, tasks(set));
        }
        return Classifier.open(BaseFolder.read(set.base()), tasks(set), options);
    }

    /**
     * Makes a Set serve from the next text on; does nothing when it serves already.
     *
     * @param next null: nothing serves from now on
     * @throws BadArtefactException when it cannot be loaded; what served before goes on
     * @throws IOException likewise
     */
    public synchronized void switchTo(@Nullable SetFolder next) throws BadArtefactException, IOException {
        Loaded before = now;
        if (next == null) {
            now = null;
            release(before);
            return;
        }
        if (before != null && before.set.set().digest().equals(next.set().digest())) {
            return;
        }
        Base kept = before != null && sameBase(before, next) ? before.base : null;
        Base base = kept == null ? Base.open(BaseFolder.read(next.base()), options) : kept;
        Classifier classifier;
        try {
            classifier = Classifier.on(base, tasks(next));
        } catch (BadArtefactException | IOException e) {
            if (kept == null) {
                base.close();
            }
            throw e;
        }
        counts = new Counts();
        if (before == null) {
            now = new Loaded(next, base, new Serving(classifier));
            return;
        }
        now = new Loaded(next, base, before.serving);
        before.serving.switchTo(classifier);
        if (kept == null) {
            before.base.close();
        }
    }

    private static void release(@Nullable Loaded loaded) {
        if (loaded != null) {
            loaded.serving.close();
            loaded.base.close();
        }
    }

    private static boolean sameBase(Loaded loaded, SetFolder set) {
        return loaded.set.set().base().digest().equals(set.set().base().digest());
    }

    private static List<TaskFolder> tasks(SetFolder set) throws BadArtefactException, IOException {
        List<TaskFolder> tasks = new ArrayList<>();
        for (String name : set.taskNames()) {
            tasks.add(TaskFolder.read(set.task(name)));
        }
        return tasks;
    }

    @Override
    public synchronized void close() {
        Loaded before = now;
        now = null;
        release(before);
    }
}
