package dev.picket.agent.bench;

import java.util.Arrays;

/**
 * What ours and the floor measured, round by round. They alternate in one process, and which one begins does, too, so
 * that what the machine does beside meets both.
 */
public final class Rounds {
    /** Measures one side once. */
    @FunctionalInterface
    public interface Side<E extends Exception> {
        double measure() throws E;
    }

    /** Measures both sides in one run. */
    @FunctionalInterface
    interface Both<E extends Exception> {
        double[] measure() throws E;
    }

    private final double[] ours;
    private final double[] floors;

    private Rounds(int rounds) {
        this.ours = new double[rounds];
        this.floors = new double[rounds];
    }

    /**
     * Runs both sides in turns; one round more goes before and does not count.
     *
     * @param rounds 7 or more
     */
    public static <E extends Exception> Rounds run(int rounds, Side<E> ours, Side<E> floor) throws E {
        Rounds done = new Rounds(rounds);
        ours.measure();
        floor.measure();
        for (int i = 0; i < rounds; i++) {
            if (i % 2 == 0) {
                done.ours[i] = ours.measure();
                done.floors[i] = floor.measure();
            } else {
                done.floors[i] = floor.measure();
                done.ours[i] = ours.measure();
            }
        }
        return done;
    }

    /**
     * Measures both at once, where one run gives both: first ours, then the floor. One run more goes before and does not
     * count.
     */
    static <E extends Exception> Rounds pairs(int rounds, Both<E> both) throws E {
        Rounds done = new Rounds(rounds);
        both.measure();
        for (int i = 0; i < rounds; i++) {
            double[] each = both.measure();
            done.ours[i] = each[0];
            done.floors[i] = each[1];
        }
        return done;
    }

    /** What was measured elsewhere, round by round. */
    static Rounds of(double[] ours, double[] floors) {
        Rounds done = new Rounds(ours.length);
        System.arraycopy(ours, 0, done.ours, 0, ours.length);
        System.arraycopy(floors, 0, done.floors, 0, ours.length);
        return done;
    }

    /** Ours over the floor. */
    public Result ratio(String name) {
        return result(name, ours, floors);
    }

    /** The floor over ours: how many times faster ours is, where both are durations. */
    Result speedup(String name) {
        return result(name, floors, ours);
    }

    private Result result(String name, double[] over, double[] under) {
        double[] ratios = new double[over.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = over[i] / under[i];
        }
        Arrays.sort(ratios);
        return new Result(
                name, median(ratios), ratios[0], ratios[ratios.length - 1], "ratio", median(ours), median(floors));
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
