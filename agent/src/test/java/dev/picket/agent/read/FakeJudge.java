package dev.picket.agent.read;

import dev.picket.agent.judge.Judge;
import dev.picket.agent.judge.JudgingFailedException;
import dev.picket.agent.judge.NotServingException;
import dev.picket.inference.Classification;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Answers by the text alone, always the same; with knobs for what may go wrong. */
public final class FakeJudge implements Judge {
    private static final List<String> LABELS = List.of("ham", "spam");
    private static final int MANY_LABELS = 400;

    private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private volatile Set<String> tasks;
    private volatile long delayNanos;
    private volatile String deadly = "";

    public FakeJudge(String... tasks) {
        this.tasks = Set.of(tasks);
    }

    void serve(String... now) {
        tasks = Set.of(now);
    }

    void hold(String text) {
        held.put(text, new CountDownLatch(1));
    }

    void release(String text) {
        held.getOrDefault(text, new CountDownLatch(0)).countDown();
    }

    public void takeNanos(long nanos) {
        delayNanos = nanos;
    }

    /** Kills the process when this text comes. */
    void dieOf(String text) {
        deadly = text;
    }

    public static String label(String text) {
        return LABELS.get(Math.floorMod(text.hashCode(), 2));
    }

    /** The texts in the order in which they came. */
    List<String> order() {
        return List.copyOf(order);
    }

    @Override
    public Set<String> tasks() {
        return tasks;
    }

    @Override
    public List<String> labels(String task) {
        return tasks.contains(task) ? LABELS : List.of();
    }

    @Override
    public Classification judge(String task, String text) throws NotServingException, JudgingFailedException {
        if (!tasks.contains(task)) {
            throw new NotServingException(task, "the test says so");
        }
        if (text.equals(deadly)) {
            Runtime.getRuntime().halt(99);
        }
        if (text.equals("throws")) {
            throw new IllegalStateException("a fault inside");
        }
        if (text.equals("fails")) {
            throw new JudgingFailedException("error", new IllegalArgumentException("a text it cannot take"));
        }
        order.add(text);
        await(text);
        if (delayNanos > 0) {
            LockSupport.parkNanos(delayNanos);
        }
        if (text.startsWith("huge")) {
            return huge(task);
        }
        String label = label(text);
        return new Classification(
                task,
                "b".repeat(64),
                "c".repeat(64),
                LABELS,
                label.equals("ham") ? List.of(0.75f, 0.25f) : List.of(0.25f, 0.75f),
                label,
                0.75f,
                label.equals("ham") ? Priority.ROUTINE : Priority.NOTICE,
                text.startsWith("odd") ? new Decision.Escalate() : new Decision.Accept(),
                false,
                1L);
    }

    /** An answer too long for some brokers: it is escalated with the distribution over all its labels. */
    private static Classification huge(String task) {
        List<String> labels =
                IntStream.range(0, MANY_LABELS).mapToObj("label-%d"::formatted).toList();
        return new Classification(
                task,
                "b".repeat(64),
                "c".repeat(64),
                labels,
                Collections.nCopies(MANY_LABELS, 1f / MANY_LABELS),
                labels.getFirst(),
                1f / MANY_LABELS,
                Priority.ROUTINE,
                new Decision.Escalate(),
                false,
                1L);
    }

    private void await(String text) {
        CountDownLatch latch = held.get(text);
        try {
            if (latch != null && !latch.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("never released: " + text);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
