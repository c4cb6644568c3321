package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.overlay.ConfigSource;
import dev.picket.agent.service.Supervision;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Agents one after the other in one process, as {@code picket run} has them. */
public final class LoopedAgent implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final BlockingQueue<AgentContext> ready = new LinkedBlockingQueue<>();
    private final AtomicBoolean hung = new AtomicBoolean();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final AgentLoop loop;

    private LoopedAgent(Path config, Supervision supervision) {
        loop = new AgentLoop(
                new ConfigSource(config, Map.of()),
                _ -> {},
                supervision,
                ready::add,
                Duration.ofSeconds(PATIENCE_SECONDS),
                () -> hung.set(true),
                new StartAgain(Duration.ofMillis(200), Duration.ofSeconds(1)));
    }

    public static LoopedAgent start(Path folder, String... sections) throws IOException {
        return start(Supervision.none(), folder, sections);
    }

    public static LoopedAgent start(Supervision supervision, Path folder, String... sections) throws IOException {
        LoopedAgent agents = new LoopedAgent(RunningAgent.configure(folder, sections), supervision);
        Thread.ofPlatform().daemon().name("agents").start(() -> {
            try {
                agents.loop.run();
                agents.end.complete(null);
            } catch (Exception e) {
                agents.end.completeExceptionally(e);
            }
        });
        return agents;
    }

    /** Waits for the next agent that runs. */
    public AgentContext next() throws Exception {
        AgentContext context = ready.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (context == null && end.isDone()) {
            end.get();
        }
        assertThat(context).as("an agent runs").isNotNull();
        return context;
    }

    public boolean idle() {
        return ready.isEmpty();
    }

    /** Completes once the loop has ended; exceptionally where it did not end in good order. */
    public CompletableFuture<Void> end() {
        return end;
    }

    @Override
    public void close() {
        loop.stop();
        assertThat(end).succeedsWithin(Duration.ofSeconds(PATIENCE_SECONDS));
        assertThat(hung).isFalse();
    }
}
