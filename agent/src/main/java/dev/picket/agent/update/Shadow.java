package dev.picket.agent.update;

import dev.picket.agent.config.TrialConfig;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.Lane;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.update.FailedTrialException;
import dev.picket.ota.update.Figures;
import dev.picket.ota.update.Finding;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A candidate that answers live readings after the incumbent, on the update's thread. What it says is counted, never
 * journalled or sent. It rests nine times as long as it works, so that it takes a tenth of one core at most from the
 * serving path, which itself only leaves its texts in a bounded {@link Tap}.
 */
final class Shadow {
    private static final int QUEUE = 64;
    private static final int REST = 9;
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration LONGEST_REST = Duration.ofSeconds(1);

    private final TrialConfig config;
    private final LoadedSet candidate;
    private final boolean newBase;
    private final Map<String, ShadowCount> counts = new LinkedHashMap<>();
    /** Hashes of what it has answered; one in millions is taken for another, and left out. */
    private final Set<Integer> seen = new HashSet<>();

    private long shed;

    /** Compares the tasks that serve and are not the very same in the candidate. */
    Shadow(TrialConfig config, LoadedSet candidate, LoadedSet incumbent) {
        this.config = config;
        this.candidate = candidate;
        Classifier next = candidate.classifier();
        Classifier serving = incumbent.classifier();
        this.newBase = !incumbent.hasBasesOf(candidate.folder().set());
        for (String task : next.tasks()) {
            boolean serves = serving.tasks().contains(task);
            if (serves && (newBase || !candidate.asked(task).equals(incumbent.asked(task)))) {
                counts.put(task, new ShadowCount(config, next.taskManifest(task), serving.taskManifest(task)));
            }
        }
    }

    /**
     * Answers what comes until there is enough, or the time is over; called again it goes on counting.
     *
     * @throws RejectedException SHADOW_FAILED, or what {@code recall} threw
     */
    Finding run(ServingSet serving, Pace pace, Trial.Recall recall) throws RejectedException, InterruptedException {
        if (counts.isEmpty()) {
            return new Finding(Step.SHADOW, Finding.Result.SKIPPED, "No shadow: no task to compare.", List.of());
        }
        Tap tap = new Tap(QUEUE);
        long shedBefore = shed;
        serving.tap(Optional.of(tap));
        try {
            long end = pace.nanos() + config.shadowTime().toNanos();
            while (!isComplete() && pace.nanos() < end) {
                recall.check();
                Live live = tap.poll();
                if (live == null) {
                    pace.sleep(LOOK);
                } else {
                    look(live, pace);
                }
                checkGates();
            }
            recall.check();
        } finally {
            serving.tap(Optional.empty());
            shed = shedBefore + tap.shed();
        }
        return finding(result(), "");
    }

    /** A task that has had enough waits for the others, which may be for days: it is asked nothing more. */
    private void look(Live live, Pace pace) throws InterruptedException {
        ShadowCount count = counts.get(live.task());
        if (count != null && !count.isComplete() && isNew(live)) {
            answer(live, count, pace);
        }
    }

    /**
     * A text that comes again and again is one text: what the incumbent answers from its cache counts once. What it has
     * cached before this shadow began does count, since a quiet line may say nothing else.
     */
    private boolean isNew(Live live) {
        return seen.add(Objects.hash(live.task(), live.text()))
                || !live.answer().cached();
    }

    private void answer(Live live, ShadowCount count, Pace pace) throws InterruptedException {
        long begun = pace.nanos();
        try {
            Classification answer = candidate.classify(live.task(), live.text(), Lane.TRIAL);
            count.answered(live.answer(), answer);
        } catch (ClassificationException _) {
            count.failed();
        }
        Duration rest = Duration.ofNanos((pace.nanos() - begun) * REST);
        pace.sleep(rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST);
    }

    private void checkGates() throws RejectedException {
        for (ShadowCount each : counts.values()) {
            Optional<String> fault = each.fault();
            if (fault.isPresent()) {
                throw new FailedTrialException(Reason.SHADOW_FAILED, finding(Finding.Result.FAILED, fault.get()));
            }
        }
    }

    private boolean isComplete() {
        return counts.values().stream().allMatch(ShadowCount::isComplete);
    }

    private Finding.Result result() {
        if (isComplete()) {
            return Finding.Result.PASSED;
        }
        TrialConfig.TooFew then = newBase ? config.tooFewForBase() : config.tooFewForTask();
        return switch (then) {
            case GO_ON -> Finding.Result.INCONCLUSIVE;
            case HOLD -> Finding.Result.HELD;
        };
    }

    private Finding finding(Finding.Result result, String fault) {
        List<Figures> figures = new ArrayList<>(
                counts.values().stream().map(ShadowCount::figures).toList());
        figures.add(new Figures("", Map.of("shed", (double) shed)));
        String seen =
                counts.values().stream().map(ShadowCount::sentence).collect(Collectors.joining(", ", "Shadow: ", "."));
        String few = switch (result) {
            case INCONCLUSIVE -> " Too few to say more.";
            case HELD -> " Too few, so the Set waits for more.";
            case PASSED, FAILED, SKIPPED, SKIPPED_MEMORY -> "";
        };
        return new Finding(Step.SHADOW, result, fault.isEmpty() ? seen + few : fault, figures);
    }
}
