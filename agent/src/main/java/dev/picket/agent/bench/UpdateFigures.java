package dev.picket.agent.bench;

import dev.picket.ota.update.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the updates of {@link UpdateBench} took, one after the other. */
final class UpdateFigures {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    /** A step, and when it was saved. */
    record Saved(Step step, long nanos) {}

    @SuppressWarnings("ArrayRecordComponent") // read only, compared by nobody
    private record Update(long bytes, List<Saved> saved, long[] answers) {}

    private final long wholeBytes;
    private final List<Update> updates = new ArrayList<>();

    /** @param wholeBytes that base and task took over the wire */
    UpdateFigures(long wholeBytes) {
        this.wholeBytes = wholeBytes;
    }

    /** @param answers when they came, in order */
    void add(long bytes, List<Saved> saved, long[] answers) {
        updates.add(new Update(bytes, saved, answers));
    }

    Result wire() {
        double[] bytes = updates.stream().mapToDouble(Update::bytes).toArray();
        double[] whole = updates.stream().mapToDouble(_ -> wholeBytes).toArray();
        return Rounds.of(bytes, whole).ratio("update-wire-bytes");
    }

    Result pause() {
        double[] longest = new double[updates.size()];
        double[] medians = new double[updates.size()];
        for (int i = 0; i < longest.length; i++) {
            Update update = updates.get(i);
            longest[i] = longestGap(update) / NANOS_PER_MILLI;
            medians[i] = medianGap(update.answers()) / NANOS_PER_MILLI;
        }
        return Rounds.of(longest, medians).ratio("update-switch-pause");
    }

    Result shadow() {
        double[] with = new double[updates.size()];
        double[] without = new double[updates.size()];
        for (int i = 0; i < with.length; i++) {
            Update update = updates.get(i);
            long nanos = nanosOf(update.saved(), Step.SHADOW);
            with[i] = perSecond(update.answers(), begun(update.saved(), Step.SHADOW), nanos);
            without[i] = perSecond(update.answers(), after(update.saved(), Step.COMMITTED), nanos);
        }
        return Rounds.of(with, without).ratio("update-shadow-rate");
    }

    private static double perSecond(long[] answers, long from, long nanos) {
        return Arrays.stream(answers)
                        .filter(each -> each >= from && each < from + nanos)
                        .count()
                * NANOS_PER_SECOND
                / nanos;
    }

    Result step(Step step) {
        double[] millis = updates.stream()
                .mapToDouble(each -> nanosOf(each.saved(), step) / NANOS_PER_MILLI)
                .sorted()
                .toArray();
        double median = Rounds.median(millis);
        return new Result(UpdateBench.nameOf(step), median, millis[0], millis[millis.length - 1], "ms", median, 0);
    }

    /** Of the gaps that lie in the switch at least in part. */
    private static double longestGap(Update update) {
        long from = begun(update.saved(), Step.SWITCHED);
        long to = after(update.saved(), Step.SWITCHED);
        long longest = 0;
        long[] answers = update.answers();
        for (int i = 1; i < answers.length; i++) {
            if (answers[i] >= from && answers[i - 1] <= to) {
                longest = Math.max(longest, answers[i] - answers[i - 1]);
            }
        }
        return longest;
    }

    private static double medianGap(long[] answers) {
        double[] gaps = new double[Math.max(1, answers.length - 1)];
        for (int i = 1; i < answers.length; i++) {
            gaps[i - 1] = answers[i] - answers[i - 1];
        }
        Arrays.sort(gaps);
        return Rounds.median(gaps);
    }

    static long nanosOf(List<Saved> saved, Step step) {
        return after(saved, step) - begun(saved, step);
    }

    private static long begun(List<Saved> saved, Step step) {
        return saved.stream()
                .filter(each -> each.step() == step)
                .findFirst()
                .orElseThrow()
                .nanos();
    }

    /** When the next step was saved. */
    private static long after(List<Saved> saved, Step step) {
        return saved.stream()
                .dropWhile(each -> each.step() != step)
                .dropWhile(each -> each.step() == step)
                .findFirst()
                .orElseThrow()
                .nanos();
    }
}
