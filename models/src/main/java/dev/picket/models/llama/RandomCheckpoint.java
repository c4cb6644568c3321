package dev.picket.models.llama;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Weights that mean nothing, of any shape: what a base of that shape costs to run can be measured without one that was
 * trained. The same seed gives the same weights when they are read in the same order.
 */
final class RandomCheckpoint implements Checkpoint {
    /** Keeps activations of the usual size through any number of layers, so that no run meets infinities. */
    private static final float SPREAD = 0.02f;

    private final RandomGenerator random;

    RandomCheckpoint(long seed) {
        this.random = RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(seed);
    }

    /** Every shape is had. */
    @Override
    public void expect(String name, long... shape) {}

    @Override
    public void expectNoMore() {}

    /** Norms are ones, everything else lies evenly around zero. */
    @Override
    public float[] floats(String name, long first, int count) {
        float[] values = new float[count];
        if (name.endsWith("norm.weight")) {
            Arrays.fill(values, 1);
            return values;
        }
        for (int i = 0; i < count; i += 2) {
            long bits = random.nextLong();
            values[i] = (int) bits * (SPREAD / (1L << 31));
            if (i + 1 < count) {
                values[i + 1] = (int) (bits >> 32) * (SPREAD / (1L << 31));
            }
        }
        return values;
    }

    @Override
    public void close() {}
}
