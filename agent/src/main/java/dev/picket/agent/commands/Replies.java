package dev.picket.agent.commands;

import dev.picket.agent.state.CommandKey;
import dev.picket.agent.state.Owed;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import dev.picket.agent.uplink.BrokerConnection;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.agent.uplink.CurrentConnection;
import dev.picket.agent.uplink.Delivery;
import dev.picket.agent.uplink.Incoming;
import dev.picket.agent.uplink.Message;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends replies, and those that are owed again on each connection until the broker has them or they expire.
 *
 * <pre>
 *   saved, owed -> published -> acknowledged by the broker -> command acknowledged to it -> saved as told
 * </pre>
 *
 * A crash before the last step sends a reply once more. What the broker refuses waits for the next connection. Only the
 * deliveries are called by other threads than the commands' own.
 */
final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    private record Id(CommandKey key, @Nullable String job) {}

    private final State state;
    private final CurrentConnection current;
    private final String gateway;
    private final InstantSource clock;
    private final Duration patience;
    private final int most;
    /** Replies that were handed to a connection, and are not saved as told. */
    private final Map<Id, BrokerConnection> underWay = new ConcurrentHashMap<>();

    private final Queue<Owed> acknowledged = new ConcurrentLinkedQueue<>();

    /**
     * @param gateway {@code site/name}, which each reply carries: those of all of a site share their correlation data
     * @param patience how long a reply may wait for its place in the window
     * @param most owed replies that are looked at and under way at once
     */
    Replies(State state, CurrentConnection current, String gateway, InstantSource clock, Duration patience, int most) {
        this.state = state;
        this.current = current;
        this.gateway = gateway;
        this.clock = clock;
        this.patience = patience;
        this.most = most;
    }

    /** Answers a command on the connection that it came on, and acknowledges it when the broker has the reply. */
    void answer(Incoming command, String replyTo, Reply reply, @Nullable CommandKey saved) throws InterruptedException {
        Message message =
                message(replyTo, reply.status(), reply.payload(), command.expirySeconds(), command.correlation(), null);
        Owed owed = saved == null ? null : new Owed(saved, null, reply.status(), reply.payload(), clock.instant());
        send(command.connection(), message, new Sent(command.connection(), replyTo, owed, command));
    }

    /** Sends what is owed and not on its way; does nothing without a connection. */
    void sendOwed() throws InterruptedException, StateUnavailableException {
        CurrentConnection.Up up = current.get();
        if (up == null || !up.connection().isOpen()) {
            return;
        }
        BrokerConnection connection = up.connection();
        underWay.values().removeIf(each -> !each.isOpen());
        Instant now = clock.instant();
        for (Owed owed : state.commands().owed(now, most)) {
            if (underWay.containsKey(id(owed)) || !connection.isOpen()) {
                continue;
            }
            send(connection, owed);
        }
    }

    /** Sends a reply that is saved, whether or not it was told before. */
    void send(BrokerConnection connection, Owed owed) throws InterruptedException {
        long seconds =
                Math.max(1, Duration.between(clock.instant(), owed.expiresAt()).toSeconds());
        CommandKey key = owed.key();
        Message message =
                message(key.responseTopic(), owed.status(), owed.reply(), seconds, key.correlation(), owed.job());
        send(connection, message, new Sent(connection, key.responseTopic(), owed, null));
    }

    /** Saves what the broker has acknowledged. */
    void settle() throws StateUnavailableException {
        List<Owed> told = new ArrayList<>();
        for (Owed each = acknowledged.poll(); each != null; each = acknowledged.poll()) {
            told.add(each);
        }
        try {
            state.commands().told(told);
        } finally {
            told.forEach(each -> underWay.remove(id(each)));
        }
    }

    private void send(BrokerConnection connection, Message message, Sent sent) throws InterruptedException {
        if (sent.owed != null) {
            underWay.put(id(sent.owed), connection);
        }
        try {
            if (connection.publish(message, sent, patience)) {
                return;
            }
            LOG.warn("A reply to '{}' found no place in the window; it is sent again", message.topic());
        } catch (BrokerUnavailableException e) {
            LOG.debug("A reply to '{}' waits for the next connection: {}", message.topic(), e.getMessage());
        }
        sent.lost();
    }

    private Message message(
            String replyTo,
            int status,
            byte[] payload,
            @Nullable Long expirySeconds,
            byte @Nullable [] correlation,
            @Nullable String job) {
        List<Map.Entry<String, String>> properties = new ArrayList<>();
        properties.add(Map.entry("status", Integer.toString(status)));
        properties.add(Map.entry("gateway", gateway));
        if (job != null) {
            properties.add(Map.entry("job", job));
        }
        return new Message(replyTo, payload, false, expirySeconds, correlation, List.copyOf(properties));
    }

    private static Id id(Owed owed) {
        return new Id(owed.key(), owed.job());
    }

    /** What becomes of one reply; on a thread of the link. */
    private final class Sent implements Delivery {
        private final BrokerConnection connection;
        private final String replyTo;
        private final @Nullable Owed owed;
        private final @Nullable Incoming command;

        Sent(BrokerConnection connection, String replyTo, @Nullable Owed owed, @Nullable Incoming command) {
            this.connection = connection;
            this.replyTo = replyTo;
            this.owed = owed;
            this.command = command;
        }

        @Override
        public void acknowledged() {
            if (owed != null) {
                acknowledged.add(owed);
            }
            acknowledgeCommand();
        }

        /** Stays under way on this connection, so that it is not tried again on it. */
        @Override
        public void refused(int reasonCode) {
            LOG.warn("The broker refused a reply to '{}' with reason code {}", replyTo, reasonCode);
            acknowledgeCommand();
        }

        @Override
        public void lost() {
            if (owed != null) {
                underWay.remove(id(owed), connection);
            }
        }

        private void acknowledgeCommand() {
            if (command != null) {
                command.connection().acknowledge(command);
            }
        }
    }
}
