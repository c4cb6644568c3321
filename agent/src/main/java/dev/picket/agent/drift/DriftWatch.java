package dev.picket.agent.drift;

import dev.picket.agent.config.DriftConfig;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.drift.Alarm;
import dev.picket.inference.drift.DeskTally;
import dev.picket.inference.drift.DriftSettings;
import dev.picket.inference.drift.Observation;
import dev.picket.inference.drift.Shift;
import dev.picket.inference.drift.Standing;
import dev.picket.inference.drift.Tally;
import dev.picket.inference.drift.TaskWatch;
import dev.picket.inference.drift.WatchState;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watches of all tasks: what is committed is counted, windows are looked at on a thread of their own, and what was counted is
 * saved. It sees answers only after their outcomes are on disk, and nothing asks it before an answer is given, so it
 * changes no verdict. A watch belongs to a task's digest; those of the latest two digests are kept, so that a Set that is rolled back
 * to finds its baseline again.
 */
public final class DriftWatch {
    private static final Logger LOG = LoggerFactory.getLogger(DriftWatch.class);
    private static final int DIGESTS_KEPT = 2;
    private static final Duration LONGEST_REST = Duration.ofSeconds(10);
    private static final Duration SHORTEST_REST = Duration.ofMillis(20);
    private static final int RESTS_A_PANE = 24;

    private final DriftConfig config;
    private final DriftSettings settings;
    private final DriftFile file;
    private final Serving serving;
    private final BooleanSupplier settled;
    private final Clock clock;
    private final Map<String, Watched> watches = new LinkedHashMap<>();
    private Instant saved;
    private boolean unsaved;
    /** Held while the file is written, so that an older state never replaces a newer one. */
    private final Object saving = new Object();

    private volatile String trouble = "";

    /** What serves. */
    public interface Serving {
        /** The digest of each task that serves, by name. */
        Map<String, String> taskDigests();

        /** What the task was released with; empty once another serves. */
        Optional<TaskManifest> manifest(String task, String digest);
    }

    /** A watch with what its task ships. */
    private record Watched(
            TaskWatch watch, List<String> labels, @Nullable Tally shipped) {}

    /**
     * Reads what was saved.
     *
     * @param folder where the file lies
     * @param settled whether what serves is past its probation
     */
    public static DriftWatch open(
            DriftConfig config, Path folder, Serving serving, BooleanSupplier settled, Clock clock) {
        DriftFile file = new DriftFile(folder);
        return new DriftWatch(config, file, config.enabled() ? file.read() : List.of(), serving, settled, clock);
    }

    private DriftWatch(
            DriftConfig config,
            DriftFile file,
            List<WatchState> found,
            Serving serving,
            BooleanSupplier settled,
            Clock clock) {
        this.config = config;
        this.settings = new DriftSettings(
                config.windowTime(),
                config.windowTexts(),
                config.baselineTime(),
                config.baselineTexts(),
                config.minLabelShift(),
                config.minDistance(),
                config.falseAlarms(),
                config.rememberedTexts());
        this.file = file;
        this.serving = serving;
        this.settled = settled;
        this.clock = clock;
        this.saved = clock.instant();
        found.forEach(
                state -> watches.put(state.digest(), new Watched(new TaskWatch(state, settings), List.of(), null)));
    }

    /** How long to rest between two rounds. */
    public Duration rest() {
        Duration rest = settings.window().dividedBy((long) RESTS_A_PANE * 6);
        if (rest.compareTo(SHORTEST_REST) < 0) {
            return SHORTEST_REST;
        }
        return rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest;
    }

    /** Counts what was committed; from any thread, and quick: no file is touched. */
    public synchronized void saw(List<Observation> seen) {
        if (!config.enabled()) {
            return;
        }
        for (Observation each : seen) {
            Watched watched = watched(each.task(), each.taskDigest());
            if (watched != null) {
                watched.watch().saw(each);
                unsaved = true;
            }
        }
    }

    /** Null for an answer of a Set that has left meanwhile. */
    private @Nullable Watched watched(String task, String digest) {
        Watched known = watches.get(digest);
        if (known != null && !known.labels().isEmpty()) {
            return known;
        }
        TaskManifest manifest = serving.manifest(task, digest).orElse(null);
        if (manifest == null) {
            return null;
        }
        int labels = manifest.labels().size();
        TaskWatch watch = known == null
                ? new TaskWatch(WatchState.of(task, digest, labels, clock.instant()), settings)
                : known.watch();
        Tally shipped = manifest.drift() == null ? null : DeskTally.of(manifest.drift());
        Watched made = new Watched(watch, manifest.labelNames(), shipped);
        watches.put(digest, made);
        forget(task);
        return made;
    }

    private void forget(String task) {
        List<String> digests = watches.values().stream()
                .map(Watched::watch)
                .filter(each -> each.task().equals(task))
                .map(TaskWatch::digest)
                .toList();
        digests.stream().limit(Math.max(0, digests.size() - DIGESTS_KEPT)).forEach(watches::remove);
    }

    /** One round: windows whose time is over are looked at; then what has changed is saved, now and then. */
    public void round() {
        if (!config.enabled()) {
            return;
        }
        boolean changed = look();
        if (changed || !clock.instant().isBefore(saved.plus(config.saveEvery()))) {
            save();
        }
    }

    /** @return whether something is to be saved at once */
    private synchronized boolean look() {
        boolean changed = false;
        boolean past = settled.getAsBoolean();
        for (Map.Entry<String, String> each : serving.taskDigests().entrySet()) {
            Watched watched = watched(each.getKey(), each.getValue());
            if (watched == null) {
                continue;
            }
            moveUp(each.getValue(), watched);
            WatchState before = watched.watch().state();
            if (watched.watch().tick(clock.instant(), past)) {
                WatchState after = watched.watch().state();
                unsaved = true;
                changed |= before.phase() != after.phase() || !before.alarms().equals(after.alarms());
                tell(before, after);
            }
        }
        return changed;
    }

    /** What serves is the latest, also where it serves again, so that it is not the one that is forgotten. */
    private void moveUp(String digest, Watched watched) {
        watches.remove(digest);
        watches.put(digest, watched);
    }

    private static void tell(WatchState before, WatchState after) {
        for (Alarm alarm : after.alarms()) {
            if (!before.alarms().contains(alarm)) {
                LOG.warn("{}", Sentences.of(after.task(), alarm, after.frozen()));
            }
        }
        if (after.ended() != null && !after.ended().equals(before.ended())) {
            LOG.info("{}", Sentences.ended(after.task(), after.ended(), after.until()));
        }
        if (before.frozen() == null && after.frozen() != null) {
            LOG.info("The drift baseline of task '{}' is complete and frozen", after.task());
        }
    }

    /** Saves what was counted since the last time, if anything. */
    public void save() {
        synchronized (saving) {
            List<WatchState> states = changes();
            if (states.isEmpty()) {
                return;
            }
            try {
                file.write(states);
                trouble = "";
            } catch (IOException e) {
                trouble = "What the drift watch has counted cannot be saved (" + e.getMessage()
                        + "), so a restart would lose it; free the disk or set drift.enabled to false.";
                LOG.warn("{}", trouble);
            }
        }
    }

    /**
     * Takes the drift of a task as how things are now: its alarms end and its baseline is collected anew. On disk before this returns.
     *
     * @return what was accepted, as one sentence
     * @throws RejectedException when no drift of it stands
     * @throws UnavailableException when it was accepted and cannot be saved, so that a restart would forget it
     */
    public String accept(String task) throws RejectedException, UnavailableException {
        String sentence = accepted(task);
        LOG.info("{}", sentence);
        save();
        if (!trouble.isEmpty()) {
            throw new UnavailableException(sentence + " " + trouble);
        }
        return sentence;
    }

    private synchronized String accepted(String task) throws RejectedException {
        String digest = serving.taskDigests().get(task);
        Watched watched = digest == null || !config.enabled() ? null : watched(task, digest);
        if (watched == null) {
            throw new RejectedException(Reason.MISSING, "No drift of a task '" + task + "' is watched for here.");
        }
        List<Alarm> ended = watched.watch().accept(clock.instant());
        if (ended.isEmpty()) {
            throw new RejectedException(
                    Reason.MISSING, "No drift of task '" + task + "' stands, so there is nothing to accept.");
        }
        unsaved = true;
        return Sentences.accepted(task, ended);
    }

    private synchronized List<WatchState> changes() {
        saved = clock.instant();
        if (!unsaved) {
            return List.of();
        }
        unsaved = false;
        return watches.values().stream().map(each -> each.watch().state()).toList();
    }

    /** How each task that serves stands. */
    public synchronized List<TaskDrift> now() {
        if (!config.enabled()) {
            return List.of();
        }
        List<TaskDrift> all = new ArrayList<>();
        serving.taskDigests().forEach((task, digest) -> {
            Watched watched = watches.get(digest);
            if (watched != null && !watched.labels().isEmpty()) {
                all.add(told(watched));
            }
        });
        return all;
    }

    private static TaskDrift told(Watched watched) {
        String task = watched.watch().task();
        Standing now = watched.watch().standing(watched.shipped());
        return new TaskDrift(
                task,
                now.phase().wireName(),
                now.progress(),
                now.frozen() == null ? null : now.frozen().toString(),
                now.recent().texts(),
                now.windowTexts(),
                effects(now.shifts()),
                effects(now.gap()),
                now.alarms().stream()
                        .map(alarm -> new TaskDrift.Standing(
                                alarm.of(),
                                rounded(alarm.effect()),
                                alarm.texts(),
                                alarm.since().toString(),
                                Sentences.of(task, alarm, now.frozen())))
                        .toList(),
                now.ended() == null ? null : Sentences.ended(task, now.ended(), now.until()),
                now.accepted() == null ? null : now.accepted().toString(),
                Pictures.of(watched.labels(), now, watched.shipped()));
    }

    private static List<TaskDrift.Effect> effects(List<Shift> shifts) {
        return shifts.stream()
                .map(each -> new TaskDrift.Effect(each.of(), rounded(each.effect())))
                .toList();
    }

    private static double rounded(double effect) {
        return Math.round(effect * 100) / 100.0;
    }

    /** A sentence for each alarm that stands, and one when nothing can be saved. */
    public List<String> troubles() {
        List<String> all = new ArrayList<>();
        now().forEach(task -> task.alarms().forEach(alarm -> all.add(alarm.sentence())));
        if (!trouble.isEmpty()) {
            all.add(trouble);
        }
        return all;
    }
}
