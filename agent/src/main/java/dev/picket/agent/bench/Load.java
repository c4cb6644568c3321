package dev.picket.agent.bench;

import dev.picket.agent.judge.JudgingFailedException;
import dev.picket.agent.judge.NotServingException;
import dev.picket.agent.update.ServingSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** One thread for each processor that asks the Set which serves, text after text. */
final class Load implements AutoCloseable {
    private static final int MOST_ANSWERS = 1 << 20;

    private final long[] answered = new long[MOST_ANSWERS];
    private final AtomicInteger count = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    private Load() {}

    static Load start(ServingSet serving, String task) {
        Load load = new Load();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            load.threads.add(
                    Thread.ofPlatform().daemon().name("picket-bench-load").start(() -> load.ask(serving, task)));
        }
        return load;
    }

    private void ask(ServingSet serving, String task) {
        int text = 0;
        while (!stopped && count.get() < MOST_ANSWERS - threads.size() - 1) {
            try {
                serving.judge(task, "Pump 3 on line " + text++ + " reports a bearing temperature of 81 degrees");
                answered[count.getAndIncrement()] = System.nanoTime();
            } catch (NotServingException | JudgingFailedException _) {
                // A gap, and it is measured as one.
                Thread.onSpinWait();
            }
        }
    }

    /** When answers came, as {@link System#nanoTime} has it, in order. */
    long[] stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        long[] times = Arrays.copyOf(answered, count.get());
        Arrays.sort(times);
        return times;
    }

    @Override
    public void close() {
        stopped = true;
    }
}
