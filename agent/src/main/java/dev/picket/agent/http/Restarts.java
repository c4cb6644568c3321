package dev.picket.agent.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** How the agent that the page belongs to starts again: a moment later, so that whoever asked for it has the answer before. */
public final class Restarts {
    private final Runnable restart;
    private final Duration later;

    /**
     * @param restart ends this agent, and with it the page
     * @param later how long an answer has to leave
     */
    public Restarts(Runnable restart, Duration later) {
        this.restart = restart;
        this.later = later;
    }

    void soon() {
        CompletableFuture.delayedExecutor(later.toMillis(), TimeUnit.MILLISECONDS)
                .execute(restart);
    }
}
