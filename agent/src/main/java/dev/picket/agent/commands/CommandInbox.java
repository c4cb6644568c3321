package dev.picket.agent.commands;

import dev.picket.agent.state.CommandKey;
import dev.picket.agent.state.Standing;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import dev.picket.agent.uplink.BrokerConnection;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.agent.uplink.Delivery;
import dev.picket.agent.uplink.Incoming;
import dev.picket.agent.uplink.Message;
import dev.picket.agent.uplink.Topics;
import dev.picket.ota.RejectedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The command flow: {@code BrokerConnection -> CommandInbox -> Commands -> reply}, in this order:
 *
 * <pre>
 *   RECEIVED saved -> STARTED saved -> run -> DONE saved with the reply -> reply published -> acknowledged by the broker
 *   -> command acknowledged to the broker
 * </pre>
 *
 * Whatever fails before the last step, the broker delivers the command again; then the reply that was saved is sent again,
 * and nothing runs twice but what is idempotent and was found STARTED.
 */
public final class CommandInbox implements Runnable, Consumer<Incoming> {
    private static final Logger LOG = LoggerFactory.getLogger(CommandInbox.class);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration SWEEP = Duration.ofMinutes(1);

    private final State state;
    private final Commands commands;
    private final Topics topics;
    private final Clock clock;
    private final long maxBytes;
    private final Duration patience;
    private final BlockingQueue<Incoming> waiting;
    private Instant sweptAt;
    private volatile @Nullable BrokerConnection overflowed;
    private volatile boolean stopping;

    /**
     * @param places the most commands that wait; no more than the receive maximum that the broker was told
     * @param maxBytes the largest payload
     * @param patience how long a reply may wait for its place in the window
     */
    public CommandInbox(
            State state, Commands commands, Topics topics, Clock clock, int places, long maxBytes, Duration patience) {
        this.state = state;
        this.commands = commands;
        this.topics = topics;
        this.clock = clock;
        this.maxBytes = maxBytes;
        this.patience = patience;
        this.waiting = new ArrayBlockingQueue<>(places);
        this.sweptAt = Instant.MIN;
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
            while (!stopping) {
                Incoming message = waiting.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (message == null) {
                    endOverflow();
                } else if (message.connection().isOpen()) {
                    take(message);
                }
                sweep();
            }
        } catch (InterruptedException e) {
            LOG.debug("The commands' thread was interrupted and ends");
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
                LOG.warn("A command on '{}' is not answered: {}", message.topic(), why);
                message.connection().acknowledge(message);
            }
            case Envelope.Faulty(Reply reply) -> send(message, reply);
            case Envelope.Fit fit -> send(message, answer(fit));
        }
    }

    private Reply answer(Envelope.Fit fit) {
        try {
            Request request = new Request(fit.verb(), Params.of(fit.payload()), fit.payload(), null);
            return switch (state.receive(fit.key(), fit.verb(), fit.expiresAt())) {
                case Standing.Done(int status, byte[] reply) -> new Reply(status, reply);
                case Standing.NoRoom(int kept) ->
                    Reply.error(503, "%d commands are remembered already; wait until some expire.".formatted(kept));
                case Standing.Received _ -> run(fit.key(), request);
                case Standing.Started _ -> afterInterruption(fit.key(), request);
            };
        } catch (RejectedException e) {
            return Reply.error(400, String.valueOf(e.getMessage()));
        } catch (StateUnavailableException e) {
            LOG.error("A command was not run: {}", e.getMessage());
            return Reply.error(
                    503, "The gateway cannot save commands now; look at its report before repeating this one.");
        }
    }

    private Reply afterInterruption(CommandKey key, Request request) throws StateUnavailableException {
        CommandHandler handler = commands.handler(request.verb()).orElse(null);
        if (handler == null || handler.idempotent()) {
            return run(key, request);
        }
        Reply reply = handler.afterInterruption();
        state.done(key, reply.status(), reply.payload());
        return reply;
    }

    private Reply run(CommandKey key, Request request) throws StateUnavailableException {
        state.started(key);
        Reply reply = reply(request);
        state.done(key, reply.status(), reply.payload());
        return reply;
    }

    private Reply reply(Request request) {
        try {
            return switch (commands.answer(request)) {
                case Answer.Now(Reply reply) -> reply;
                case Answer.Later _ -> Reply.error(501, "This agent runs no jobs yet.");
            };
        } catch (RuntimeException e) {
            LOG.error("The verb '{}' failed", request.verb(), e);
            return Reply.error(500, "The verb '%s' failed: %s.".formatted(request.verb(), e.getMessage()));
        }
    }

    private void send(Incoming command, Reply reply) throws InterruptedException {
        Message message = new Message(
                command.responseTopic() == null ? "" : command.responseTopic(),
                reply.payload(),
                false,
                command.expirySeconds(),
                command.correlation(),
                List.of(Map.entry("status", Integer.toString(reply.status()))));
        try {
            if (!command.connection().publish(message, new Replied(command), patience)) {
                LOG.warn("A reply found no place in the window; the broker delivers its command again");
            }
        } catch (BrokerUnavailableException e) {
            LOG.debug("A reply waits for its command to come again: {}", e.getMessage());
        }
    }

    private void sweep() {
        Instant now = clock.instant();
        if (sweptAt.equals(Instant.MIN) || Duration.between(sweptAt, now).compareTo(SWEEP) >= 0) {
            sweptAt = now;
            try {
                state.expire(now);
            } catch (StateUnavailableException e) {
                LOG.warn("Expired commands were not forgotten: {}", e.getMessage());
            }
        }
    }

    /** Acknowledges the command once the broker has its reply, or will never take it. */
    private record Replied(Incoming command) implements Delivery {
        @Override
        public void acknowledged() {
            command.connection().acknowledge(command);
        }

        @Override
        public void refused(int reasonCode) {
            LOG.warn("The broker refused a reply to '{}' with reason code {}", command.responseTopic(), reasonCode);
            command.connection().acknowledge(command);
        }

        @Override
        public void lost() {}
    }
}
