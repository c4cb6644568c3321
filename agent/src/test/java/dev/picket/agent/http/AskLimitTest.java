package dev.picket.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AskLimitTest {
    private final AtomicLong nanos = new AtomicLong(5);

    @Test
    void soManyMayAskInASecondAndThenInTheNext() {
        AskLimit limit = new AskLimit(2, 9, nanos::get);
        assertThat(limit.begin()).isTrue();
        assertThat(limit.begin()).isTrue();
        assertThat(limit.begin()).isFalse();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(limit.begin()).isTrue();
    }

    @Test
    void soManyMayAskAtOnce() {
        AskLimit limit = new AskLimit(9, 1, nanos::get);
        assertThat(limit.begin()).isTrue();
        assertThat(limit.begin()).isFalse();
        limit.end();
        assertThat(limit.begin()).isTrue();
    }
}
