package dev.picket.inference.codec;

import java.util.List;

/** Dense float32 numbers with a shape, row-major. The array is shared, not copied: whoever gets it does not change it. */
public final class FloatTensor {
    private final List<Long> shape;
    private final float[] values;

    /**
     * @param shape dimensions, outermost first; a zero gives an empty tensor
     * @param values as many as the product of the dimensions
     */
    public FloatTensor(List<Long> shape, float[] values) {
        long product = 1;
        for (long dimension : shape) {
            product = Math.multiplyExact(product, dimension);
        }
        if (product != values.length) {
            throw new IllegalArgumentException(
                    "A tensor of shape " + shape + " holds " + product + " numbers, " + values.length + " were given");
        }
        this.shape = List.copyOf(shape);
        this.values = values;
    }

    public List<Long> shape() {
        return shape;
    }

    /** The numbers, not a copy. */
    public float[] values() {
        return values;
    }
}
