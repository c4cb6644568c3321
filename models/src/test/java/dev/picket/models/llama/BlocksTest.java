package dev.picket.models.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlocksTest {
    private static final int BLOCKS = 500;

    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void theLargestValueOfABlockComesBackExactlyAndNoneIsFurtherThanAStep(int bits) {
        float[] values = random(32 * BLOCKS);
        float[] back = dequantised(values, new Blocks(bits, Quantiser.NEAREST));
        for (int block = 0; block < BLOCKS; block++) {
            float largest = 0;
            for (int i = block * 32; i < block * 32 + 32; i++) {
                largest = Math.abs(values[i]) > Math.abs(largest) ? values[i] : largest;
            }
            for (int i = block * 32; i < block * 32 + 32; i++) {
                float step = Math.abs(largest / (1 << (bits - 1)));
                assertThat(Math.abs(values[i] - back[i])).isLessThanOrEqualTo(step * 1.0001f);
                if (values[i] == largest) {
                    assertThat(back[i]).isEqualTo(largest);
                }
            }
        }
    }

    @Property(tries = 300)
    void theSearchNeverHasALargerSquaredErrorThanTheNearest(
            @ForAll long seed,
            @ForAll boolean eight,
            @ForAll @IntRange(min = -140, max = 120) int exponent,
            @ForAll @IntRange(min = 0, max = 31) int outliers) {
        float[] values = odd(seed, exponent, outliers);
        int bits = eight ? 8 : 4;
        float[] nearest = dequantised(values, new Blocks(bits, Quantiser.NEAREST));
        float[] searched = dequantised(values, new Blocks(bits, Quantiser.SEARCH));
        for (int block = 0; block * 32 < values.length; block++) {
            assertThat(error(values, searched, block)).isLessThanOrEqualTo(error(values, nearest, block));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void theSearchTakesATenthOfTheSquaredErrorAway(int bits) {
        float[] values = random(32 * BLOCKS);
        float[] nearest = dequantised(values, new Blocks(bits, Quantiser.NEAREST));
        float[] searched = dequantised(values, new Blocks(bits, Quantiser.SEARCH));
        double before = 0;
        double after = 0;
        for (int block = 0; block < BLOCKS; block++) {
            before += error(values, nearest, block);
            after += error(values, searched, block);
        }
        assertThat(after / before).isLessThan(0.9);
    }

    /** The same on one core and on many: which block is whose does not show. */
    @Test
    void manyBlocksAtOnceGiveWhatEachGivesAlone() {
        float[] values = random(32 * 3000);
        float[] together = dequantised(values, new Blocks(4, Quantiser.SEARCH));
        for (int block = 0; block < 3000; block += 7) {
            float[] alone = Arrays.copyOfRange(values, block * 32, block * 32 + 32);
            assertThat(dequantised(alone, new Blocks(4, Quantiser.SEARCH)))
                    .isEqualTo(Arrays.copyOfRange(together, block * 32, block * 32 + 32));
        }
    }

    @Test
    void whatWasQuantisedOnceIsFoundAgainBySearch() {
        float[] values = dequantised(random(32 * BLOCKS), new Blocks(4, Quantiser.NEAREST));
        assertThat(dequantised(values, new Blocks(4, Quantiser.SEARCH))).isEqualTo(values);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void aBlockOfZerosHasAScaleOfZeroWithoutASign(int bits) {
        for (Quantiser quantiser : Quantiser.values()) {
            float[] scales = {1, 1};
            byte[] packed = new byte[2 * 32 * bits / 8];
            new Blocks(bits, quantiser).quantise(new float[64], packed, scales, 0);
            assertThat(Float.floatToRawIntBits(scales[0])).isZero();
            assertThat(packed).containsOnly(bits == 4 ? 0x88 : 0x80);
        }
    }

    @Test
    void theEarlierOfTwoValuesLiesInTheLowFourBits() {
        float[] values = new float[32];
        values[0] = -8;
        values[1] = 3;
        byte[] packed = new byte[16];
        float[] scales = new float[1];
        new Blocks(4, Quantiser.NEAREST).quantise(values, packed, scales, 0);
        assertThat(scales[0]).isEqualTo(1f);
        assertThat(packed[0] & 0xFF).isEqualTo(0 | (3 + 8) << 4);
        assertThat(packed[1] & 0xFF).isEqualTo(8 | 8 << 4);
    }

    /** Quantises and reads back by the documented layout. */
    static float[] dequantised(float[] values, Blocks blocks) {
        int bits = blocks.bits();
        byte[] packed = new byte[values.length * bits / 8];
        float[] scales = new float[values.length / 32];
        blocks.quantise(values, packed, scales, 0);
        float[] back = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int level = bits == 4 ? (packed[i / 2] >> (i % 2 * 4) & 15) - 8 : (packed[i] & 0xFF) - 128;
            back[i] = level * scales[i / 32];
        }
        return back;
    }

    private static double error(float[] values, float[] back, int block) {
        double error = 0;
        for (int i = block * 32; i < block * 32 + 32; i++) {
            error += Math.pow(values[i] - (double) back[i], 2);
        }
        return error;
    }

    /** Blocks of any magnitude down to the smallest floats there are, with zeros, equal values and outliers. */
    private static float[] odd(long seed, int exponent, int outliers) {
        Random random = new Random(seed);
        float[] values = new float[32 * 8];
        for (int i = 0; i < values.length; i++) {
            double value = random.nextInt(4) == 0 ? random.nextInt(3) - 1 : random.nextGaussian();
            double times = i % 32 < outliers && random.nextInt(4) == 0 ? 50 : 1;
            values[i] = (float) (value * times * Math.pow(2, exponent));
        }
        return values;
    }

    private static float[] random(int length) {
        Random random = new Random(5);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
