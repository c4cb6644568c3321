package dev.picket.agent.update;

import dev.picket.agent.config.TrialConfig;
import dev.picket.inference.Classification;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.ota.update.Figures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the shadow of one task has seen, and its gates. Pure: it runs nothing. */
final class ShadowCount {
    private static final double NANOS_PER_MILLI = 1e6;

    private final TrialConfig config;
    private final TaskManifest candidate;
    private final List<String> incumbentLabels;
    private final double maxChange;
    private final List<Long> here = new ArrayList<>();
    private final List<Long> there = new ArrayList<>();
    private int readings;
    private int changed;
    private int newLabels;
    private int failed;
    /** Found once, with the last reading. */
    private Optional<String> slow = Optional.empty();

    /** @param incumbent the task of that name that serves: a label that it does not have is no change */
    ShadowCount(TrialConfig config, TaskManifest candidate, TaskManifest incumbent) {
        this.config = config;
        this.candidate = candidate;
        this.incumbentLabels = incumbent.labelNames();
        this.maxChange = Math.min(config.maxChange(), candidate.maxChange());
    }

    /** Nothing more once it is complete: what it keeps is bounded, and so is what it sorts. */
    void answered(Classification serving, Classification shadow) {
        if (isComplete()) {
            return;
        }
        readings++;
        if (!incumbentLabels.contains(shadow.label())) {
            newLabels++;
        } else if (!shadow.label().equals(serving.label())) {
            changed++;
        }
        if (!serving.cached()) {
            here.add(shadow.latencyNanos());
            there.add(serving.latencyNanos());
        }
        slow = isComplete() ? slow() : Optional.empty();
    }

    void failed() {
        if (isComplete()) {
            return;
        }
        readings++;
        failed++;
        slow = isComplete() ? slow() : Optional.empty();
    }

    boolean isComplete() {
        return readings >= config.shadowReadings();
    }

    /** Which gate cannot hold any more, whatever the readings still to come say; empty while all can. */
    Optional<String> fault() {
        long all = Math.max(readings, config.shadowReadings());
        if (changed > maxChange * all) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "The shadow of task %s changed %d labels of %d, and a share of %.4f is allowed.",
                    candidate.name(),
                    changed,
                    readings,
                    maxChange));
        }
        if (failed > config.maxFailures() * all) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "The shadow of task %s failed on %d texts of %d, and a share of %.4f is allowed.",
                    candidate.name(),
                    failed,
                    readings,
                    config.maxFailures()));
        }
        return slow;
    }

    /** The median: at a few hundred live readings the 95th percentile tells of the machine more than of the model. */
    private Optional<String> slow() {
        Latency median = Latency.of(here, there, Latency.MEDIAN);
        double limit = Math.min(config.maxLatencyRatio(), candidate.exam().maxLatencyRatio());
        if (here.size() < config.minTexts()) {
            return Optional.empty();
        }
        if (median.ratio() > limit) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "The shadow of task %s took %.2f times the incumbent's median of %.2f ms, and %.2f are allowed.",
                    candidate.name(),
                    median.ratio(),
                    median.incumbentNanos() / NANOS_PER_MILLI,
                    limit));
        }
        long p95 = Latency.percentile(here, Latency.P95);
        if (config.maxLatency() != null && p95 > config.maxLatency().toNanos()) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "The shadow of task %s had a p95 of %.2f ms, and this gateway allows %d ms.",
                    candidate.name(),
                    p95 / NANOS_PER_MILLI,
                    config.maxLatency().toMillis()));
        }
        return Optional.empty();
    }

    double changedShare() {
        return readings == 0 ? 0 : (double) changed / readings;
    }

    Figures figures() {
        Map<String, Double> all = new LinkedHashMap<>();
        all.put("n", (double) readings);
        all.put("changedShare", changedShare());
        all.put("newLabels", (double) newLabels);
        all.put("failed", (double) failed);
        if (!here.isEmpty()) {
            all.put("latencyRatio", Latency.of(here, there, Latency.MEDIAN).ratio());
        }
        return new Figures(candidate.name(), all);
    }

    String sentence() {
        return String.format(
                Locale.ROOT,
                "task %s %d readings, %.4f changed, %d failed",
                candidate.name(),
                readings,
                changedShare(),
                failed);
    }
}
