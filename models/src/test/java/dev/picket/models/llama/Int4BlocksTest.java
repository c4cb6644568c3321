package dev.picket.models.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Int4BlocksTest {
    @Test
    void theLargestValueOfABlockComesBackExactlyAndNoneIsFurtherThanAStep() {
        float[] values = random(32 * 50);
        float[] back = dequantised(values);
        for (int block = 0; block < 50; block++) {
            float largest = 0;
            for (int i = block * 32; i < block * 32 + 32; i++) {
                largest = Math.abs(values[i]) > Math.abs(largest) ? values[i] : largest;
            }
            for (int i = block * 32; i < block * 32 + 32; i++) {
                float step = Math.abs(largest / 8);
                assertThat(Math.abs(values[i] - back[i])).isLessThanOrEqualTo(step * 1.0001f);
                if (values[i] == largest) {
                    assertThat(back[i]).isEqualTo(largest);
                }
            }
        }
    }

    @Test
    void aBlockOfZerosStaysZero() {
        for (float each : dequantised(new float[64])) {
            assertThat(each).isEqualTo(0f);
        }
    }

    @Test
    void theEarlierOfTwoValuesLiesInTheLowFourBits() {
        float[] values = new float[32];
        values[0] = -8;
        values[1] = 3;
        byte[] packed = new byte[16];
        float[] scales = new float[1];
        Int4Blocks.quantise(values, 32, packed, scales, 0);
        assertThat(scales[0]).isEqualTo(1f);
        assertThat(packed[0] & 0xFF).isEqualTo(0 | (3 + 8) << 4);
        assertThat(packed[1] & 0xFF).isEqualTo(8 | 8 << 4);
    }

    /** Quantises and reads back by the documented layout. */
    static float[] dequantised(float[] values) {
        byte[] packed = new byte[values.length / 2];
        float[] scales = new float[values.length / 32];
        Int4Blocks.quantise(values, values.length, packed, scales, 0);
        float[] back = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int level = (packed[i / 2] >> (i % 2 * 4) & 15) - 8;
            back[i] = level * scales[i / 32];
        }
        return back;
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
