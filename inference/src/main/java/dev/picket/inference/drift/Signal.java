package dev.picket.inference.drift;

/**
 * What is watched of each text beside its label. Each has a fixed scale of {@value #BINS} bins, so that what a desk, a gateway and
 * another day have counted can be compared bin by bin; values beyond its ends fall into the outermost bins.
 */
public enum Signal {
    /** Of the label given. On the scale of its odds, since calibrated confidences crowd together near 1. */
    CONFIDENCE("confidence", -8, 16, true),
    /** To the nearest label's centroid: rises when texts are of a kind that the task was not made with. */
    DISTANCE("distance", Math.log(1e-5), Math.log(2), false),
    /** Rises when texts hold words, or a language, that the tokenizer was not made for. */
    TOKENS_PER_CHARACTER("tokens-per-character", Math.log(0.01), Math.log(10), false),
    /** The raw probability of all label words together: falls when the texts stop calling for one of them. */
    LABEL_MASS("label-mass", -16, 16, true);

    /** Of each histogram. */
    public static final int BINS = 128;

    private final String wireName;
    private final double low;
    private final double high;
    private final boolean odds;

    Signal(String wireName, double low, double high, boolean odds) {
        this.wireName = wireName;
        this.low = low;
        this.high = high;
        this.odds = odds;
    }

    public String wireName() {
        return wireName;
    }

    int bin(double value) {
        return Math.clamp((int) Math.floor(place(value)), 0, BINS - 1);
    }

    /** Where a value lies among the bins: 2.5 is the middle of the third. */
    double place(double value) {
        double scaled = odds ? Math.log(value / (1 - value)) : Math.log(value);
        return Math.clamp((scaled - low) / (high - low), 0, 1) * BINS;
    }

    /** The value at a place among the bins. */
    public double value(double place) {
        double scaled = low + place / BINS * (high - low);
        return odds ? 1 / (1 + Math.exp(-scaled)) : Math.exp(scaled);
    }
}
