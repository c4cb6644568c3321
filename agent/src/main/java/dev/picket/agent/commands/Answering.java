package dev.picket.agent.commands;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets handlers answer, each for a bounded time: one that takes longer becomes a job that has begun. */
final class Answering implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Answering.class);
    private static final Duration IDLE = Duration.ofSeconds(30);

    /** @param begun whether what was to be done is being done already */
    record Answered(Answer answer, boolean begun) {}

    private final Duration within;
    private final ThreadPoolExecutor threads;

    /**
     * @param within how long a handler has
     * @param most handlers at work at once, those that became jobs included
     */
    Answering(Duration within, int most) {
        this.within = within;
        this.threads = new ThreadPoolExecutor(
                0,
                most,
                IDLE.toMillis(),
                TimeUnit.MILLISECONDS,
                new SynchronousQueue<>(),
                run -> Thread.ofPlatform().name("picket-answer").daemon().unstarted(run));
    }

    Answered answer(CommandHandler handler, Request request) throws InterruptedException {
        Future<Answer> future;
        try {
            future = threads.submit(() -> handler.answer(request));
        } catch (RejectedExecutionException e) {
            return new Answered(Answer.refused(503, "Too many commands are being worked on; ask again later."), false);
        }
        try {
            return new Answered(future.get(within.toMillis(), TimeUnit.MILLISECONDS), false);
        } catch (TimeoutException e) {
            String progress = "It takes longer than %d ms.".formatted(within.toMillis());
            return new Answered(new Answer.Later(progress, said -> end(handler, future, said)), true);
        } catch (ExecutionException e) {
            return new Answered(new Answer.Now(failed(handler, e.getCause())), false);
        }
    }

    private static Reply end(CommandHandler handler, Future<Answer> future, Consumer<String> progress)
            throws InterruptedException {
        try {
            return switch (future.get()) {
                case Answer.Now(Reply reply) -> reply;
                case Answer.Later(String _, Work work, boolean _) -> {
                    work.begin();
                    yield work.run(progress);
                }
            };
        } catch (ExecutionException e) {
            return failed(handler, e.getCause());
        } catch (CancellationException e) {
            throw new InterruptedException("The agent stops");
        }
    }

    /** The reply to a command whose handler has a fault. */
    static Reply failed(CommandHandler handler, @Nullable Throwable cause) {
        LOG.error("The verb '{}' failed", handler.verb(), cause);
        return Reply.error(
                500, "The verb '%s' failed: %s.".formatted(handler.verb(), cause == null ? "" : cause.getMessage()));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
