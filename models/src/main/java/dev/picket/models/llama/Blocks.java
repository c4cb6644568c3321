package dev.picket.models.llama;

import java.util.stream.IntStream;

/**
 * Whole numbers of 4 or 8 bits in blocks of 32 along the input dimension, symmetric; the layout that ONNX Runtime's
 * {@code MatMulNBits} and {@code GatherBlockQuantized} share: a row after the other, in a row block after block, in a block
 * the values in their order, stored as q - lowest; of 4 bits the earlier value lies in a byte's low half.
 *
 * <p>To the nearest: for each block the value m of largest magnitude, with its sign, gives scale = m / lowest, so that m falls
 * on the lowest level exactly; q = clamp(rint(w * (1 / scale)), lowest, highest), all in float32, halves to even. The training
 * recipe dequantises with the same arithmetic ({@code recipes/int4.py}).
 *
 * <p>By search: the same with that scale stretched and shrunk by up to {@link #REACH}; for the levels that each gives the scale
 * of least squares, sum(w q) / sum(q q), and of all these the pair with the smallest squared error.
 */
final class Blocks {
    static final int BLOCK = 32;

    private static final double REACH = 0.2;
    private static final int TRIES = 16;

    /** Blocks that one core takes at a time. */
    private static final int TOGETHER = 1024;

    private final int bits;
    private final Quantiser quantiser;
    private final int lowest;

    Blocks(int bits, Quantiser quantiser) {
        this.bits = bits;
        this.quantiser = quantiser;
        this.lowest = -(1 << (bits - 1));
    }

    int bits() {
        return bits;
    }

    /** Bytes of one block. */
    int blockBytes() {
        return BLOCK * bits / Byte.SIZE;
    }

    /** Bytes that a row of that many values takes. */
    int rowBytes(int columns) {
        return columns / BLOCK * blockBytes();
    }

    /**
     * Quantises whole rows, on all cores; the result is the same on any number of them.
     *
     * @param values rows times columns, columns a multiple of 32
     * @param packed receives rows times {@link #rowBytes}
     * @param scales receives one scale a block, beginning at {@code firstScale}
     */
    void quantise(float[] values, byte[] packed, float[] scales, int firstScale) {
        int all = values.length / BLOCK;
        IntStream.range(0, Math.ceilDiv(all, TOGETHER)).parallel().forEach(part -> {
            int[] levels = new int[BLOCK];
            int[] tried = new int[BLOCK];
            for (int block = part * TOGETHER; block < Math.min(all, (part + 1) * TOGETHER); block++) {
                scales[firstScale + block] = scale(values, block * BLOCK, levels, tried);
                pack(levels, packed, block * blockBytes());
            }
        });
    }

    private float scale(float[] values, int from, int[] levels, int[] tried) {
        float largest = 0;
        for (int i = from; i < from + BLOCK; i++) {
            largest = Math.abs(values[i]) > Math.abs(largest) ? values[i] : largest;
        }
        float nearest = largest == 0 ? 0 : largest / lowest;
        level(values, from, nearest, levels);
        return switch (quantiser) {
            case NEAREST -> nearest;
            case SEARCH -> nearest == 0 ? nearest : searched(values, from, nearest, levels, tried);
        };
    }

    private float searched(float[] values, int from, float nearest, int[] levels, int[] tried) {
        float best = nearest;
        double least = error(values, from, nearest, levels);
        for (int i = -TRIES; i <= TRIES && least > 0; i++) {
            level(values, from, (float) (nearest * (1 + REACH * i / TRIES)), tried);
            float scale = fitted(values, from, tried);
            double error = error(values, from, scale, tried);
            if (error < least) {
                least = error;
                best = scale;
                System.arraycopy(tried, 0, levels, 0, BLOCK);
            }
        }
        return best;
    }

    private void level(float[] values, int from, float scale, int[] levels) {
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = 0; i < BLOCK; i++) {
            levels[i] = Math.clamp((int) Math.rint(values[from + i] * inverse), lowest, -lowest - 1);
        }
    }

    private static float fitted(float[] values, int from, int[] levels) {
        double products = 0;
        double squares = 0;
        for (int i = 0; i < BLOCK; i++) {
            products += (double) values[from + i] * levels[i];
            squares += (double) levels[i] * levels[i];
        }
        return squares == 0 ? 0 : (float) (products / squares);
    }

    /** Against what the device computes with, which is rounded to float once more. */
    private static double error(float[] values, int from, float scale, int[] levels) {
        double error = 0;
        for (int i = 0; i < BLOCK; i++) {
            double off = (double) values[from + i] - scale * levels[i];
            error += off * off;
        }
        return error;
    }

    private void pack(int[] levels, byte[] packed, int to) {
        int each = Byte.SIZE / bits;
        for (int i = 0; i < BLOCK; i += each) {
            int together = 0;
            for (int j = each - 1; j >= 0; j--) {
                together = together << bits | levels[i + j] - lowest;
            }
            packed[to + i / each] = (byte) together;
        }
    }
}
