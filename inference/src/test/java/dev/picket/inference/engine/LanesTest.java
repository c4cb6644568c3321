package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LanesTest {
    private static final long LONG = TimeUnit.MINUTES.toNanos(10);

    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private final List<Future<?>> held = new ArrayList<>();
    private final CountDownLatch busy = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @Test
    void whoeverAsksGoesBeforeReadingsAndTheseBeforeATrial() throws Exception {
        try (Workers workers = new Workers(1, 8);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            hold(threads, workers);
            List<Future<?>> all = new ArrayList<>();
            for (Lane lane : List.of(Lane.TRIAL, Lane.BACKGROUND, Lane.INTERACTIVE)) {
                all.add(ask(threads, workers, lane, 1));
                all.add(ask(threads, workers, lane, 2));
            }
            release.countDown();
            await(all);
        }
        assertThat(order)
                .containsExactly("INTERACTIVE1", "INTERACTIVE2", "BACKGROUND1", "BACKGROUND2", "TRIAL1", "TRIAL2");
    }

    @Test
    void noLaneStarvesHoweverManyAsk() throws Exception {
        try (Workers workers = new Workers(1, 32);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            hold(threads, workers);
            List<Future<?>> all = new ArrayList<>();
            all.add(ask(threads, workers, Lane.TRIAL, 1));
            all.add(ask(threads, workers, Lane.BACKGROUND, 1));
            all.add(ask(threads, workers, Lane.BACKGROUND, 2));
            for (int i = 1; i <= 20; i++) {
                all.add(ask(threads, workers, Lane.INTERACTIVE, i));
            }
            release.countDown();
            await(all);
        }
        assertThat(order.indexOf("BACKGROUND1")).isEqualTo(4);
        assertThat(order.indexOf("TRIAL1")).isEqualTo(5);
        assertThat(order.indexOf("BACKGROUND2")).isLessThan(12);
    }

    @Test
    void whoWaitsBeyondItsDeadlineIsGivenUpAndTheRunGoesToTheNext() throws Exception {
        try (Workers workers = new Workers(1, 8);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            hold(threads, workers);
            Turn late = new Turn(Lane.INTERACTIVE, 1);
            assertThatThrownBy(() -> late.work(() -> workers.run(() -> "answer")))
                    .isInstanceOf(NoTurnException.class)
                    .hasMessageContaining("No run was free");
            assertThat(late.isExpired()).isTrue();
            assertThat(workers.waiting(Lane.INTERACTIVE)).isZero();
            Future<?> next = ask(threads, workers, Lane.BACKGROUND, 1);
            release.countDown();
            await(List.of(next));
        }
        assertThat(order).containsExactly("BACKGROUND1");
    }

    @Test
    void moreThanMayWaitAreRefused() throws Exception {
        try (Workers workers = new Workers(1, 2);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            hold(threads, workers);
            List<Future<?>> all = new ArrayList<>();
            all.add(ask(threads, workers, Lane.INTERACTIVE, 1));
            all.add(ask(threads, workers, Lane.INTERACTIVE, 2));
            Turn third = new Turn(Lane.INTERACTIVE, LONG);
            assertThatThrownBy(() -> third.work(() -> workers.run(() -> "answer")))
                    .isInstanceOfSatisfying(
                            NoTurnException.class, e -> assertThat(e.reason()).isEqualTo("busy"));
            release.countDown();
            await(all);
        }
        assertThat(order).hasSize(2);
    }

    @Test
    void readingsAndTrialsThatWaitForEachOtherAreNeitherRefusedNorLate() throws Exception {
        try (Workers workers = new Workers(1, 1);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            hold(threads, workers);
            List<Future<?>> all = new ArrayList<>();
            for (Lane lane : List.of(Lane.BACKGROUND, Lane.TRIAL)) {
                for (int i = 1; i <= 3; i++) {
                    all.add(ask(threads, workers, lane, i, 1));
                }
            }
            release.countDown();
            await(all);
        }
        assertThat(order).hasSize(6);
    }

    @ParameterizedTest
    @EnumSource
    void waitingCountsForWhoAskedByHandAlone(Lane lane) {
        Turn turn = new Turn(lane, 1_000);
        long end = turn.endNanos();
        turn.waited(300);
        turn.waited(500);
        assertThat(turn.endNanos() - end).isEqualTo(lane == Lane.INTERACTIVE ? 0 : 800);
        assertThat(turn.waitedNanos()).isEqualTo(800);
    }

    private void hold(ExecutorService threads, Workers workers) throws InterruptedException {
        held.add(threads.submit(() -> workers.run(() -> {
            busy.countDown();
            return release.await(1, TimeUnit.MINUTES);
        })));
        assertThat(busy.await(1, TimeUnit.MINUTES)).isTrue();
    }

    /** Returns once it waits. */
    private Future<?> ask(ExecutorService threads, Workers workers, Lane lane, int number) {
        return ask(threads, workers, lane, number, LONG);
    }

    private Future<?> ask(ExecutorService threads, Workers workers, Lane lane, int number, long deadlineNanos) {
        int before = workers.waiting(lane);
        Future<?> asked = threads.submit(() ->
                new Turn(lane, deadlineNanos).work(() -> workers.run(() -> order.add(lane.name() + number))));
        while (workers.waiting(lane) == before) {
            Thread.onSpinWait();
        }
        return asked;
    }

    private void await(List<Future<?>> all) throws Exception {
        for (Future<?> each : held) {
            each.get(1, TimeUnit.MINUTES);
        }
        for (Future<?> each : all) {
            each.get(1, TimeUnit.MINUTES);
        }
    }
}
