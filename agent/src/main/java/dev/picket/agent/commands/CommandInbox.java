package dev.picket.agent.commands;

import dev.picket.agent.pulse.Pulse;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import dev.picket.agent.uplink.BrokerConnection;
import dev.picket.agent.uplink.Incoming;
import dev.picket.agent.uplink.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The command flow's thread: {@code BrokerConnection -> CommandInbox -> CommandSteps -> CommandHandler}, and back over
 * {@link Replies}:
 *
 * <pre>
 *   reply saved -> reply published -> acknowledged by the broker -> command acknowledged to the broker -> saved as told
 * </pre>
 *
 * Whatever fails before a command is acknowledged, the broker delivers it again; then the reply that was saved is sent
 * again, and nothing runs twice but what is idempotent and was found STARTED.
 */
public final class CommandInbox implements Runnable, Consumer<Incoming> {
    private static final Logger LOG = LoggerFactory.getLogger(CommandInbox.class);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration SWEEP = Duration.ofMinutes(1);
    private static final Duration RESUME_AGAIN = Duration.ofSeconds(1);
    /** After so many commands without a pause, what is owed has its turn. */
    private static final int TURN = 32;

    private final State state;
    private final CommandSteps steps;
    private final Replies replies;
    private final Topics topics;
    private final CommandCounts counts;
    private final InstantSource clock;
    private final long maxBytes;
    private final BlockingQueue<Incoming> waiting;
    private final LogLimit unanswered = new LogLimit(Duration.ofMinutes(1));
    private final LogLimit unresumed = new LogLimit(Duration.ofMinutes(1));
    private Instant sweptAt = Instant.MIN;
    /** Whether what a start finds has been taken up. */
    private boolean resumed;

    private long resumeTried;
    private int sincePause;
    private volatile @Nullable BrokerConnection overflowed;
    private volatile boolean stopping;

    /**
     * @param clock what expiry is held against: see {@code Updater.now}
     * @param places the most commands that wait; no more than the receive maximum that the broker was told
     * @param maxBytes the largest payload
     */
    CommandInbox(
            State state,
            CommandSteps steps,
            Replies replies,
            Topics topics,
            CommandCounts counts,
            InstantSource clock,
            int places,
            long maxBytes) {
        this.state = state;
        this.steps = steps;
        this.replies = replies;
        this.topics = topics;
        this.counts = counts;
        this.clock = clock;
        this.maxBytes = maxBytes;
        this.waiting = new ArrayBlockingQueue<>(places);
    }

    /**
     * Takes a command from a thread of the link; never blocks. Some brokers send more than the receive maximum; what finds
     * no place is not acknowledged, and comes again on a new connection, which is made once the inbox is empty.
     */
    @Override
    public void accept(Incoming message) {
        if (!waiting.offer(message)) {
            overflowed = message.connection();
        }
    }

    public void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        try {
            resume();
            while (!stopping) {
                Pulse.beat();
                Incoming message = waiting.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (message == null) {
                    endOverflow();
                } else if (message.connection().isOpen()) {
                    take(message);
                }
                keepUp(message == null);
            }
        } catch (InterruptedException e) {
            LOG.debug("The commands' thread was interrupted and ends");
        }
    }

    private void resume() {
        resumeTried = System.nanoTime();
        try {
            steps.resume();
            resumed = true;
        } catch (StateUnavailableException e) {
            if (unresumed.mayLog()) {
                LOG.error(
                        "Commands and jobs of before this start were not taken up, the next try follows: {}",
                        e.getMessage());
            }
        }
    }

    private void endOverflow() {
        BrokerConnection full = overflowed;
        if (full != null) {
            overflowed = null;
            LOG.warn("More commands came than the inbox holds; connecting again, so that the broker repeats the rest");
            full.abort();
        }
    }

    private void take(Incoming message) throws InterruptedException {
        switch (Envelope.of(message, topics, maxBytes, clock.instant())) {
            case Envelope.NowhereToReply(String why) -> {
                counts.refused(Refusal.Reason.NOWHERE_TO_REPLY);
                if (unanswered.mayLog()) {
                    LOG.warn("A command on '{}' is not answered: {}", message.topic(), why);
                }
                message.connection().acknowledge(message);
            }
            case Envelope.Faulty(Refusal refusal) ->
                replies.answer(
                        message,
                        Objects.requireNonNull(message.responseTopic()),
                        steps.refused(topics.verb(message.topic()), refusal).reply(),
                        null);
            case Envelope.Fit fit -> {
                CommandSteps.Answered answered = steps.answer(fit);
                replies.answer(
                        message, fit.key().responseTopic(), answered.reply(), answered.saved() ? fit.key() : null);
                if (answered.end() != null) {
                    replies.send(message.connection(), answered.end());
                }
            }
        }
    }

    /** What is to be done beside the commands themselves. */
    private void keepUp(boolean idle) throws InterruptedException {
        if (!resumed && System.nanoTime() - resumeTried >= RESUME_AGAIN.toNanos()) {
            resume();
        }
        try {
            replies.settle();
            sincePause = idle ? TURN : sincePause + 1;
            if (sincePause >= TURN) {
                sincePause = 0;
                replies.sendOwed();
            }
            sweep();
        } catch (StateUnavailableException e) {
            if (unanswered.mayLog()) {
                LOG.warn("What is owed to the console waits: {}", e.getMessage());
            }
        }
    }

    private void sweep() throws StateUnavailableException {
        Instant now = clock.instant();
        if (sweptAt.equals(Instant.MIN) || Duration.between(sweptAt, now).abs().compareTo(SWEEP) >= 0) {
            sweptAt = now;
            state.commands().expire(now);
        }
    }
}
