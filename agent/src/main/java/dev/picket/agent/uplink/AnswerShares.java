package dev.picket.agent.uplink;

/**
 * Whence the answers of this start came.
 *
 * @param main runs of the base
 * @param firstStage runs of a first stage that was sure
 * @param cached texts that had their answer before
 */
public record AnswerShares(long main, long firstStage, long cached) {
    public static final AnswerShares NONE = new AnswerShares(0, 0, 0);

    private static final double PRECISION = 1_000;

    /** The share of all answers that came from the cache, 0 to 1 in thousandths; 0 before the first. */
    public double hitRate() {
        long all = main + firstStage + cached;
        return all == 0 ? 0 : Math.round(PRECISION * cached / all) / PRECISION;
    }
}
