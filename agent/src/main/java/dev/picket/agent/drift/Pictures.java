package dev.picket.agent.drift;

import dev.picket.inference.drift.Signal;
import dev.picket.inference.drift.Standing;
import dev.picket.inference.drift.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Draws histograms for the page: labels as they are, signals in bins of four of theirs, without those that nobody has. */
final class Pictures {
    private static final int JOINED = 4;
    private static final double PLACES = 1e4;

    private Pictures() {}

    static List<TaskDrift.Picture> of(List<String> labels, Standing standing, @Nullable Tally shipped) {
        Tally desk = shipped == null ? new Tally(labels.size()) : shipped;
        List<TaskDrift.Picture> pictures = new ArrayList<>();
        pictures.add(new TaskDrift.Picture(
                "labels",
                labels,
                shares(standing.recent().labels()),
                shares(standing.baseline().labels()),
                shares(desk.labels())));
        for (Signal signal : Signal.values()) {
            TaskDrift.Picture whole = whole(signal, tally -> tally.bins(signal), standing, desk);
            int first = 0;
            int end = whole.names().size();
            while (first < end && nobody(whole, first)) {
                first++;
            }
            while (end > first && nobody(whole, end - 1)) {
                end--;
            }
            if (first < end) {
                pictures.add(new TaskDrift.Picture(
                        whole.of(),
                        whole.names().subList(first, end),
                        part(whole.recent(), first, end),
                        part(whole.baseline(), first, end),
                        part(whole.desk(), first, end)));
            }
        }
        return pictures;
    }

    private static TaskDrift.Picture whole(Signal signal, Function<Tally, int[]> bins, Standing standing, Tally desk) {
        List<String> names = new ArrayList<>();
        for (int bin = 0; bin < Signal.BINS; bin += JOINED) {
            names.add(String.format(Locale.ROOT, "%.3g", signal.value(bin)));
        }
        return new TaskDrift.Picture(
                signal.wireName(),
                names,
                shares(joined(bins.apply(standing.recent()))),
                shares(joined(bins.apply(standing.baseline()))),
                shares(joined(bins.apply(desk))));
    }

    private static boolean nobody(TaskDrift.Picture picture, int at) {
        return at(picture.recent(), at) == 0 && at(picture.baseline(), at) == 0 && at(picture.desk(), at) == 0;
    }

    private static double at(List<Double> shares, int at) {
        return shares.isEmpty() ? 0 : shares.get(at);
    }

    private static List<Double> part(List<Double> shares, int first, int end) {
        return shares.isEmpty() ? shares : shares.subList(first, end);
    }

    private static int[] joined(int[] bins) {
        int[] joined = new int[bins.length / JOINED];
        for (int bin = 0; bin < bins.length; bin++) {
            joined[bin / JOINED] += bins[bin];
        }
        return joined;
    }

    /** Empty where there are no texts. */
    private static List<Double> shares(int[] counts) {
        long sum = 0;
        for (int count : counts) {
            sum += count;
        }
        List<Double> shares = new ArrayList<>();
        for (int i = 0; sum > 0 && i < counts.length; i++) {
            shares.add(Math.round(PLACES * counts[i] / sum) / PLACES);
        }
        return shares;
    }
}
