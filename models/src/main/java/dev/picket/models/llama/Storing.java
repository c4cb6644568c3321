package dev.picket.models.llama;

import java.util.Locale;

/**
 * How a checkpoint is stored as a base.
 *
 * @param quantiser of INT4 and INT8
 * @param maxContext positions at most
 * @param askedBytes weights up to which the new base is loaded and asked for golden answers: it takes as much memory again
 */
public record Storing(Precision precision, Quantiser quantiser, int maxContext, long askedBytes) {
    /** What base.json can say, {@code BaseManifest}. */
    public static final int MOST_CONTEXT = 1 << 20;

    /** Of MatMulNBits: int8 activations, the fast path; without it the product is many times slower. */
    static final int INT8_ACTIVATIONS = 4;

    static final Storing NEAREST_INT4 = new Storing(Precision.INT4, Quantiser.NEAREST, MOST_CONTEXT, Long.MAX_VALUE);

    Matrices matrices() {
        return switch (precision) {
            case INT4 -> new QuantisedMatrices(new Blocks(4, quantiser), INT8_ACTIVATIONS);
            case INT8 -> new QuantisedMatrices(new Blocks(8, quantiser), INT8_ACTIVATIONS);
            case FLOAT32 -> new FloatMatrices();
        };
    }

    /** What base.json says of the quantiser: who trains on the dequantised weights must know it. */
    String told() {
        return switch (precision) {
            case INT4, INT8 -> quantiser.toString().toLowerCase(Locale.ROOT);
            case FLOAT32 -> "none";
        };
    }
}
