package dev.picket.agent.update;

import dev.picket.agent.config.TrialConfig;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.update.FailedTrialException;
import dev.picket.ota.update.Figures;
import dev.picket.ota.update.Finding;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.Trial;
import dev.picket.ota.update.Watched;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Watches the Set that serves after a switch: its failures, how much it escalates and how long it takes, against the Set
 * before it. How far it has come is saved now and then, so that a restart goes on with what is left.
 */
final class Probationer {
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** At most this often is the state written, and at least ten times in a probation. */
    private static final Duration LEAST_SAVED = Duration.ofSeconds(5);

    private static final int SAVES = 10;
    private static final double NANOS_PER_MILLI = 1e6;

    private final TrialConfig config;
    private final double maxLatencyRatio;
    private final Watch watch;
    private final Pace pace;
    private final Before before;
    private final Watch.Counts carried;
    private Duration left;
    private boolean coldLoaded;

    /**
     * What the Set before did, to compare with.
     *
     * @param medianNanos 0 where it is not known
     */
    record Before(Watch.Counts counts, long medianNanos) {
        static final Before UNKNOWN = new Before(Watch.Counts.NONE, 0);

        static Before of(Watch watch) {
            return new Before(watch.counts(), watch.percentileNanos(Latency.MEDIAN));
        }
    }

    /**
     * @param from what a probation that was interrupted had come to, or a new one's begin
     * @param maxLatencyRatio what release and gateway allow of the latency before
     * @param watch of the Set, since the switch or the restart
     */
    Probationer(TrialConfig config, Watched from, double maxLatencyRatio, Watch watch, Pace pace) {
        this.config = config;
        this.maxLatencyRatio = maxLatencyRatio;
        this.watch = watch;
        this.pace = pace;
        this.left = from.left();
        this.coldLoaded = from.coldLoaded();
        this.before = new Before(
                new Watch.Counts(count(from, "textsBefore"), 0, count(from, "escalatedBefore")),
                count(from, "medianNanosBefore"));
        this.carried = new Watch.Counts(count(from, "texts"), count(from, "failed"), count(from, "escalated"));
    }

    /** A probation that begins. */
    static Watched begin(Duration time, Before before) {
        return new Watched(
                time,
                false,
                Map.of(
                        "textsBefore", (double) before.counts().texts(),
                        "escalatedBefore", (double) before.counts().escalated(),
                        "medianNanosBefore", (double) before.medianNanos()));
    }

    /**
     * Watches until the time is over.
     *
     * @param coldLoad loads the Set from the disk as a restart would, and lets that serve
     * @throws RejectedException PROBATION_FAILED, or what {@code probation} or {@code coldLoad} threw
     */
    Finding run(Trial.Probation probation, ColdLoad coldLoad)
            throws RejectedException, UnavailableException, InterruptedException {
        probation.check();
        if (!coldLoaded) {
            probation.save(watched());
            coldLoad.run();
            coldLoaded = true;
        }
        probation.save(watched());
        Duration every = longer(LEAST_SAVED, left.dividedBy(SAVES));
        Duration unsaved = Duration.ZERO;
        try {
            while (left.isPositive()) {
                Duration step = left.compareTo(LOOK) < 0 ? left : LOOK;
                pace.sleep(step);
                left = left.minus(step);
                unsaved = unsaved.plus(step);
                probation.check();
                checkGates();
                if (unsaved.compareTo(every) >= 0) {
                    probation.save(watched());
                    unsaved = Duration.ZERO;
                }
            }
        } catch (InterruptedException e) {
            probation.save(watched());
            throw e;
        }
        checkGates();
        return finding(Finding.Result.PASSED, sentence());
    }

    /** Loads the Set from the disk. */
    @FunctionalInterface
    interface ColdLoad {
        void run() throws RejectedException, InterruptedException;
    }

    private Watch.Counts counts() {
        return carried.plus(watch.counts());
    }

    private void checkGates() throws RejectedException {
        Watch.Counts now = counts();
        if (now.texts() < config.minTexts()) {
            return;
        }
        if (now.failures() > now.texts() * config.maxFailures()) {
            throw failed(String.format(
                    Locale.ROOT,
                    "It failed on %d of %d texts since the switch, and a share of %.4f is allowed.",
                    now.failures(),
                    now.texts(),
                    config.maxFailures()));
        }
        double most = before.counts().escalatedShare() + config.maxEscalationRise();
        if (before.counts().texts() >= config.minTexts() && now.escalatedShare() > most) {
            throw failed(String.format(
                    Locale.ROOT,
                    "It escalated a share of %.4f of %d texts since the switch, where %.4f was before and %.4f is allowed.",
                    now.escalatedShare(),
                    now.texts(),
                    before.counts().escalatedShare(),
                    most));
        }
        checkLatency();
    }

    private void checkLatency() throws RejectedException {
        if (watch.runs() < config.minTexts()) {
            return;
        }
        long median = watch.percentileNanos(Latency.MEDIAN);
        boolean known = before.medianNanos() > 0 && before.counts().texts() >= config.minTexts();
        if (known && median > before.medianNanos() * maxLatencyRatio) {
            throw failed(String.format(
                    Locale.ROOT,
                    "It took a median of %.2f ms since the switch, where %.2f was before and %.2f times that is allowed.",
                    median / NANOS_PER_MILLI,
                    before.medianNanos() / NANOS_PER_MILLI,
                    maxLatencyRatio));
        }
        long p95 = watch.percentileNanos(Latency.P95);
        if (config.maxLatency() != null && p95 > config.maxLatency().toNanos()) {
            throw failed(String.format(
                    Locale.ROOT,
                    "It had a p95 of %.2f ms since the switch, and this gateway allows %d ms.",
                    p95 / NANOS_PER_MILLI,
                    config.maxLatency().toMillis()));
        }
    }

    private FailedTrialException failed(String sentence) {
        return new FailedTrialException(Reason.PROBATION_FAILED, finding(Finding.Result.FAILED, sentence));
    }

    private Finding finding(Finding.Result result, String sentence) {
        Watch.Counts now = counts();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("texts", (double) now.texts());
        figures.put("failed", (double) now.failures());
        figures.put("escalatedShare", now.escalatedShare());
        figures.put("escalatedShareBefore", before.counts().escalatedShare());
        figures.put("medianMillis", watch.percentileNanos(Latency.MEDIAN) / NANOS_PER_MILLI);
        figures.put("p95Millis", watch.percentileNanos(Latency.P95) / NANOS_PER_MILLI);
        figures.put("medianMillisBefore", before.medianNanos() / NANOS_PER_MILLI);
        return new Finding(Step.PROBATION, result, sentence, List.of(new Figures("", figures)));
    }

    private String sentence() {
        Watch.Counts now = counts();
        return String.format(
                Locale.ROOT,
                "Probation: %d texts, %d failed, %.4f escalated, loaded from the disk once.",
                now.texts(),
                now.failures(),
                now.escalatedShare());
    }

    private Watched watched() {
        Watch.Counts now = counts();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("texts", (double) now.texts());
        figures.put("failed", (double) now.failures());
        figures.put("escalated", (double) now.escalated());
        figures.put("textsBefore", (double) before.counts().texts());
        figures.put("escalatedBefore", (double) before.counts().escalated());
        figures.put("medianNanosBefore", (double) before.medianNanos());
        return new Watched(left, coldLoaded, figures);
    }

    private static long count(Watched from, String name) {
        return from.figures().getOrDefault(name, 0.0).longValue();
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
