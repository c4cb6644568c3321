package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    @Property(tries = 300)
    void whoWaitsAsToldGetsNoMoreThanTheBurstAndTheRate(
            @ForAll @IntRange(min = 1, max = 100_000) int rate,
            @ForAll @IntRange(min = 1, max = 50_000) int burst,
            @ForAll @Size(max = 200) List<@IntRange(min = 1, max = 20_000) Integer> packets,
            @ForAll @Size(max = 20) List<@IntRange(max = 10) Integer> pauses) {
        TokenBucket bucket = new TokenBucket(rate, burst, 0);
        long now = 0;
        long sent = 0;
        for (int i = 0; i < packets.size(); i++) {
            if (i < pauses.size()) {
                now += pauses.get(i) * SECOND;
            }
            long wait = bucket.waitNanos(packets.get(i), now);
            now += wait;
            assertThat(bucket.waitNanos(packets.get(i), now))
                    .as("told %d, after it there is no wait but for rounding", wait)
                    .isLessThanOrEqualTo(SECOND / 1_000);
            bucket.spend(packets.get(i), now);
            sent += packets.get(i);
            long largest = Math.max(0, packets.get(i) - burst);
            assertThat((double) sent)
                    .isLessThanOrEqualTo(burst + largest + (double) rate * (now + SECOND / 1_000) / SECOND);
        }
    }

    @Test
    void whatGoesAtOnceIsPaidForByTheRowsAfterIt() {
        TokenBucket bucket = new TokenBucket(100, 1_000, 0);
        bucket.spend(3_000, 0);
        assertThat(bucket.waitNanos(500, 0)).isEqualTo(25 * SECOND);
        assertThat(bucket.waitNanos(500, 25 * SECOND)).isZero();
    }

    @Test
    void aPacketAboveTheBurstGoesWhenTheBucketIsFull() {
        TokenBucket bucket = new TokenBucket(100, 1_000, 0);
        assertThat(bucket.waitNanos(5_000, 0)).isZero();
        bucket.spend(5_000, 0);
        assertThat(bucket.waitNanos(1, 0)).isEqualTo(40 * SECOND + SECOND / 100);
    }
}
