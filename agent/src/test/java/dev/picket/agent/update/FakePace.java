package dev.picket.agent.update;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Time that passes only while somebody sleeps. */
final class FakePace implements Pace {
    final List<Duration> slept = new ArrayList<>();
    Runnable whileAsleep = () -> {};
    private long nanos;

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        slept.add(time);
        nanos += time.toNanos();
        whileAsleep.run();
    }
}
