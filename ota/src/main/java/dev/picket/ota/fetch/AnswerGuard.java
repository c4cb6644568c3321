package dev.picket.ota.fetch;

import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Breaks a connection off when the head of its answer is not there in time. A read timeout alone begins again with each
 * byte, so a server that drips them would hold the update for ever.
 */
final class AnswerGuard implements AutoCloseable {
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile boolean late;

    private AnswerGuard() {}

    static AnswerGuard over(HttpURLConnection connection, Duration most) {
        AnswerGuard guard = new AnswerGuard();
        Thread.ofPlatform().daemon().name("fetch-guard").start(() -> guard.watch(connection, most));
        return guard;
    }

    boolean isLate() {
        return late;
    }

    @Override
    public void close() {
        answered.countDown();
    }

    private void watch(HttpURLConnection connection, Duration most) {
        try {
            if (!answered.await(most.toNanos(), TimeUnit.NANOSECONDS)) {
                late = true;
                connection.disconnect();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
