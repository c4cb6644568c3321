package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AlarmsTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final int THREADS = 4;
    private static final int ROUNDS = 300;

    @Test
    void oneThatComesLaterMayEndEarlier() throws Exception {
        try (Alarms alarms = new Alarms()) {
            Turn late = turn(LONG);
            alarms.set(late);
            Turn early = turn(SHORT);
            alarms.set(early);
            awaits(early::isExpired);
            assertThat(early.endNanos() - System.nanoTime()).isNegative();
            assertThat(late.isExpired()).isFalse();
        }
    }

    @Test
    void whatIsClearedIsLeftAlone() throws Exception {
        try (Alarms alarms = new Alarms()) {
            Turn cleared = turn(SHORT);
            alarms.set(cleared);
            alarms.clear(cleared);
            Turn behind = turn(SHORT.multipliedBy(2));
            alarms.set(behind);
            awaits(behind::isExpired);
            assertThat(cleared.isExpired()).isFalse();
        }
    }

    /** With so short a rest the thread leaves and is started all the time; a turn that it overlooks never ends. */
    @Test
    void noneIsOverlookedWhileTheThreadComesAndGoes() throws Exception {
        try (Alarms alarms = new Alarms(TimeUnit.MICROSECONDS.toNanos(50));
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<Void>> all = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Callable<Void> rounds = () -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        Turn turn = turn(Duration.ofNanos(round * 1_000L));
                        alarms.set(turn);
                        awaits(turn::isExpired);
                    }
                    return null;
                };
                all.add(threads.submit(rounds));
            }
            for (Future<Void> each : all) {
                each.get(2, TimeUnit.MINUTES);
            }
            awaits(() -> !alarms.isAwake());
        }
    }

    private static Turn turn(Duration time) {
        return new Turn(Lane.BACKGROUND, time.toNanos());
    }

    private static void awaits(Callable<Boolean> wanted) throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!wanted.call()) {
            assertThat(System.nanoTime() - end).isNegative();
            Thread.sleep(0, 100_000);
        }
    }
}
