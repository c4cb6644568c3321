package dev.picket.agent.update;

import dev.picket.agent.config.CacheConfig;
import dev.picket.agent.drift.DriftWatch;
import dev.picket.agent.judge.Judge;
import dev.picket.agent.judge.JudgingFailedException;
import dev.picket.agent.judge.NotServingException;
import dev.picket.agent.judge.VerdictCache;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.Lane;
import dev.picket.inference.engine.ProviderChoice;
import dev.picket.inference.engine.Schedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The Set that answers now. A switch is one step: the next text gets the new Set, texts that run finish on the old one,
 * and no text falls between. Answers come from many threads; switches from the update's alone.
 */
public final class ServingSet implements Judge, DriftWatch.Serving, AutoCloseable {
    /** Replaced as one, so that a text never sees a Set of one time and the watch of another. */
    private record Current(LoadedSet set, Watch watch) {}

    private final VerdictCache cache;
    private volatile @Nullable Current current;
    private volatile String why = "no Set is installed yet";
    private volatile @Nullable Tap tap;

    /** One that classifies each text. */
    public ServingSet() {
        this(CacheConfig.OFF);
    }

    /** @param cache what is remembered for texts that come again */
    public ServingSet(CacheConfig cache) {
        this.cache = new VerdictCache(cache);
    }

    @Override
    public Set<String> tasks() {
        Current now = current;
        return now == null ? Set.of() : now.set().classifier().tasks();
    }

    @Override
    public List<String> labels(String task) {
        Current now = current;
        return now == null || !now.set().classifier().tasks().contains(task)
                ? List.of()
                : now.set().classifier().taskManifest(task).labelNames();
    }

    @Override
    public Classification judge(String task, String text) throws NotServingException, JudgingFailedException {
        return answer(task, text, Lane.BACKGROUND);
    }

    /**
     * Answers somebody who asked, before all readings. No reading, so it counts neither for a shadow nor for probation; what
     * a reading was answered is given again, and the answer is not remembered.
     */
    public Classification ask(String task, String text) throws NotServingException, JudgingFailedException {
        return answer(task, text, Lane.INTERACTIVE);
    }

    private Classification answer(String task, String text, Lane lane)
            throws NotServingException, JudgingFailedException {
        boolean reading = lane == Lane.BACKGROUND;
        while (true) {
            Current now = current;
            if (now == null) {
                throw new NotServingException(task, why);
            }
            if (!now.set().classifier().tasks().contains(task)) {
                throw new NotServingException(
                        task, "Set " + now.set().folder().set().label() + " has no such task");
            }
            try {
                Classification answer = answer(now.set(), task, text, lane);
                if (reading) {
                    now.watch().answered(answer);
                }
                Tap shadow = tap;
                if (reading && shadow != null) {
                    shadow.judged(new Live(task, text, answer));
                }
                return answer;
            } catch (ClassificationException e) {
                if (reading) {
                    now.watch().failed();
                }
                throw new JudgingFailedException(e.reason(), e);
            } catch (IllegalStateException e) {
                // A switch came between and closed this one: the next turn asks what serves now.
                if (now.equals(current)) {
                    if (reading) {
                        now.watch().failed();
                    }
                    throw e;
                }
            }
        }
    }

    private Classification answer(LoadedSet set, String task, String text, Lane lane) throws ClassificationException {
        if (!cache.isOn()) {
            return set.classify(task, text, lane);
        }
        long start = System.nanoTime();
        VerdictCache.Key key = cache.key(set.asked(task), text);
        boolean reading = lane == Lane.BACKGROUND;
        Optional<Classification> known = reading ? cache.get(key) : cache.look(key);
        if (known.isPresent()) {
            return known.get().again(System.nanoTime() - start);
        }
        Classification answer = set.classify(task, text, lane);
        if (reading) {
            cache.put(key, answer);
        }
        return answer;
    }

    /** What the answers that are remembered come to. */
    public VerdictCache.Counts cache() {
        return cache.counts();
    }

    /** The label of the Set that serves, {@code factory/3}. */
    public Optional<String> label() {
        return Optional.ofNullable(current).map(now -> now.set().folder().set().label());
    }

    /** How texts of the base that serves share the machine. */
    public Optional<Schedule> schedule() {
        return Optional.ofNullable(current).map(now -> now.set().schedule());
    }

    /** What the base that serves is computed on; that of a first stage is small, and not asked for here. */
    public Optional<ProviderChoice> provider() {
        return Optional.ofNullable(current).map(now -> now.set().classifier().provider());
    }

    /** The digest of the base that serves. */
    public Optional<String> baseDigest() {
        return Optional.ofNullable(current).map(now -> now.set().classifier().baseDigest());
    }

    @Override
    public Map<String, String> taskDigests() {
        Current now = current;
        Map<String, String> digests = new LinkedHashMap<>();
        if (now != null) {
            now.set()
                    .classifier()
                    .tasks()
                    .forEach(each -> digests.put(each, now.set().classifier().taskDigest(each)));
        }
        return digests;
    }

    @Override
    public Optional<TaskManifest> manifest(String task, String digest) {
        Current now = current;
        return Optional.ofNullable(now)
                .map(each -> each.set().classifier())
                .filter(each ->
                        each.tasks().contains(task) && each.taskDigest(task).equals(digest))
                .map(each -> each.taskManifest(task));
    }

    /** Why nothing serves; empty while a Set does. */
    public String trouble() {
        return current == null ? why : "";
    }

    @Nullable
    LoadedSet loaded() {
        Current now = current;
        return now == null ? null : now.set();
    }

    /** The watch of the Set that serves. */
    Optional<Watch> watch() {
        return Optional.ofNullable(current).map(Current::watch);
    }

    /** Shows each answer to a shadow from now on; empty: to none. */
    void tap(Optional<Tap> shadow) {
        tap = shadow.orElse(null);
    }

    /** Takes over the Set; lets go of the one before. */
    void switchTo(LoadedSet next) {
        switchTo(next, new Watch());
    }

    /** Takes over a Set with the watch of one before it: the same, loaded anew. */
    synchronized void switchTo(LoadedSet next, Watch watch) {
        Current before = current;
        current = new Current(next, watch);
        cache.retain(next.asked());
        if (before != null) {
            before.set().close();
        }
    }

    /** Lets nothing serve. */
    synchronized void stop(String reason) {
        Current before = current;
        why = reason;
        current = null;
        if (before != null) {
            before.set().close();
        }
    }

    @Override
    public void close() {
        stop("the agent is stopping");
    }
}
