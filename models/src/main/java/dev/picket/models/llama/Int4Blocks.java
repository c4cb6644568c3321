package dev.picket.models.llama;

/**
 * INT4 in blocks of 32 along the input dimension, symmetric, round to nearest; the layout that ONNX Runtime's
 * {@code MatMulNBits} and {@code GatherBlockQuantized} share: a row after the other, in a row block after block, in a
 * block 16 bytes with the earlier value in the low four bits, stored as q + 8.
 *
 * <p>For each block the value m of largest magnitude, with its sign, gives scale = m / -8, so that m falls on -8
 * exactly; q = clamp(rint(w * (1 / scale)), -8, 7), all in float32, halves to even. The training recipe dequantises with
 * the same arithmetic ({@code recipes/int4.py}).
 */
final class Int4Blocks {
    static final int BLOCK = 32;
    private static final int BLOCK_BYTES = BLOCK / 2;

    private Int4Blocks() {}

    /** Bytes that a row of that many values takes. */
    static int rowBytes(int columns) {
        return columns / BLOCK * BLOCK_BYTES;
    }

    /**
     * Quantises whole rows.
     *
     * @param values rows times columns, columns a multiple of 32
     * @param packed receives rows times {@link #rowBytes}
     * @param scales receives one scale a block, beginning at {@code firstScale}
     */
    static void quantise(float[] values, int length, byte[] packed, float[] scales, int firstScale) {
        for (int block = 0; block * BLOCK < length; block++) {
            scales[firstScale + block] = quantiseBlock(values, block * BLOCK, packed, block * BLOCK_BYTES);
        }
    }

    private static float quantiseBlock(float[] values, int from, byte[] packed, int to) {
        float largest = 0;
        for (int i = from; i < from + BLOCK; i++) {
            largest = Math.abs(values[i]) > Math.abs(largest) ? values[i] : largest;
        }
        float scale = largest == 0 ? 0 : largest / -8;
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int pair = 0; pair < BLOCK_BYTES; pair++) {
            int low = level(values[from + 2 * pair], inverse);
            int high = level(values[from + 2 * pair + 1], inverse);
            packed[to + pair] = (byte) (low | high << 4);
        }
        return scale;
    }

    private static int level(float value, float inverse) {
        int nearest = (int) Math.rint(value * inverse);
        return Math.clamp(nearest, -8, 7) + 8;
    }
}
