package dev.picket.models.llama;

/**
 * Rotary position embedding (Su et al. 2021): at position p the pair i of a head's n features turns by p times its frequency,
 * {@code theta^(-2i / n)} before scaling.
 *
 * @param theta the base
 * @param scaling of the frequencies
 */
record Rope(double theta, Scaling scaling) {
    Rope(double theta) {
        this(theta, new Unscaled());
    }

    /** What is done to the frequencies of a model that was trained further for longer texts. */
    sealed interface Scaling {
        double scaled(double frequency);
    }

    record Unscaled() implements Scaling {
        @Override
        public double scaled(double frequency) {
            return frequency;
        }
    }

    /** All positions closer together (Chen et al. 2023). */
    record Linear(double factor) implements Scaling {
        @Override
        public double scaled(double frequency) {
            return frequency / factor;
        }
    }

    /**
     * That of Llama 3.1 (rope_type {@code llama3}): waves longer than {@code context / lowFactor} are stretched by the
     * factor, those shorter than {@code context / highFactor} stay, and between them it goes over evenly.
     *
     * @param context positions that the model was trained on at first
     */
    record Llama3(double factor, double lowFactor, double highFactor, double context) implements Scaling {
        @Override
        public double scaled(double frequency) {
            double turns = context * frequency / (2 * Math.PI);
            double kept = Math.clamp((turns - lowFactor) / (highFactor - lowFactor), 0, 1);
            return (1 - kept) * frequency / factor + kept * frequency;
        }
    }

    /** Radians a position, one a pair. */
    double[] frequencies(int headSize) {
        double[] all = new double[headSize / 2];
        for (int i = 0; i < all.length; i++) {
            all[i] = scaling.scaled(Math.pow(theta, -2.0 * i / headSize));
        }
        return all;
    }
}
