package dev.picket.agent;

/** The seed of a test by chance. */
public final class Seed {
    private Seed() {}

    /**
     * The same in each default run, so that a change is red for what it changed; another each time under {@code -Plong}.
     * {@code -Dpicket.seed=N} repeats one.
     */
    public static long ofThisRun() {
        return Long.getLong("picket.seed", System.nanoTime());
    }
}
