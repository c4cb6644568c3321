package dev.picket.agent.uplink;

import dev.picket.agent.pulse.Pulse;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection to the broker, and the gateway's presence on it.
 *
 * <pre>
 *   AWAY --session saved, connected, birth acknowledged, subscribed--> UP --lost--> AWAY (after a jittered wait)
 *                                                                      UP --stop--> farewell acknowledged, DISCONNECT, end
 * UP --certificates renewed--> DISCONNECT --> AWAY
 * </pre>
 *
 * Survives a crash: the session number, in state.db, saved before it is used. Everything else is made anew.
 */
public final class ConnectionLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLoop.class);

    /** How the loop behaves: all waits are bounded by {@code patience}, and it looks at the report each {@code tick}. */
    public record Pace(Duration willDelay, Duration patience, Duration tick) {}

    private final BrokerLink link;
    private final State state;
    private final Presence presence;
    private final Reporter reporter;
    private final Topics topics;
    private final Consumer<Incoming> commands;
    private final ConsoleGate gate;
    private final CurrentConnection current;
    private final Retries retries;
    private final Clock clock;
    private final Pace pace;

    private final Signals signals = new Signals();

    public ConnectionLoop(
            BrokerLink link,
            State state,
            Presence presence,
            Reporter reporter,
            Topics topics,
            Consumer<Incoming> commands,
            ConsoleGate gate,
            CurrentConnection current,
            Retries retries,
            Clock clock,
            Pace pace) {
        this.link = link;
        this.state = state;
        this.presence = presence;
        this.reporter = reporter;
        this.topics = topics;
        this.commands = commands;
        this.gate = gate;
        this.current = current;
        this.retries = retries;
        this.clock = clock;
        this.pace = pace;
    }

    @Override
    public void run() {
        try {
            while (!signals.stopping()) {
                long began = System.nanoTime();
                Pulse.beat();
                connectOnce();
                Duration pause = retries.next(signals.ending(), Duration.ofNanos(System.nanoTime() - began));
                Pulse.rest(pause);
                signals.pause(pause);
            }
        } catch (InterruptedException e) {
            LOG.debug("The connection's thread was interrupted and ends");
        }
    }

    /** Says the birth again, because what serves has changed. */
    public void sayBirth() {
        signals.birthDue();
    }

    /** Ends the loop: a farewell with this reason, then an orderly end. */
    public void stop(String reason) {
        signals.stop(reason);
    }

    private void connectOnce() throws InterruptedException {
        try {
            serve();
        } catch (BrokerUnavailableException | BrokerRefusedException e) {
            LOG.warn("The broker is away, verdicts wait in the journal: {}", e.getMessage());
        } catch (StateUnavailableException e) {
            LOG.error("No connection is made, because its number cannot be saved: {}", e.getMessage());
        }
    }

    private void serve()
            throws BrokerUnavailableException, BrokerRefusedException, StateUnavailableException, InterruptedException {
        signals.newConnection();
        long session = state.nextSession();
        reporter.newConnection();
        gate.newConnection();
        BrokerConnection connection = link.open(presence.will(session), pace.willDelay(), new Hearing(session));
        try {
            // The birth goes first: what the own subscription then brings is that birth, or what fell over it.
            Acknowledgement.await(connection, presence.birth(session), pace.patience());
            connection.subscribe(List.of(topics.status()));
            connection.subscribe(topics.commandFilters());
            connection.subscribe(List.of(topics.rolloutFilter()));
            if (gate.wanted()) {
                connection.subscribe(List.of(Topics.CONSOLE_STATUS));
            }
            current.set(new CurrentConnection.Up(connection, clock.instant(), session));
            LOG.info("Connected to the broker, session {}, window {}", session, connection.window());
            attend(connection, session);
        } finally {
            current.set(null);
            connection.abort();
        }
    }

    /** Until the connection is lost or the agent stops: says births and reports when they are due. */
    private void attend(BrokerConnection connection, long session)
            throws BrokerUnavailableException, BrokerRefusedException, InterruptedException {
        long began = System.nanoTime();
        while (true) {
            Pulse.beat();
            retries.lasts(Duration.ofNanos(System.nanoTime() - began));
            sayReport(connection);
            Signals.Told told = signals.await(pace.tick());
            Ending ending = told.lost();
            if (ending != null || !connection.isOpen()) {
                throw new BrokerUnavailableException("the connection was lost"
                        + (ending == null ? ", because nothing came back on it" : ": " + ending.cause()));
            }
            if (connection.stalledFor().compareTo(pace.patience()) > 0) {
                throw new BrokerUnavailableException(
                        "the broker has left a publication without an answer for more than %d ms"
                                .formatted(pace.patience().toMillis()));
            }
            if (told.stopBecause() != null) {
                Message farewell = presence.farewell(session, told.stopBecause());
                Acknowledgement.await(connection, farewell, pace.patience());
                connection.end();
                return;
            }
            if (link.renewed()) {
                LOG.info("Certificates were renewed, so the connection is ended and made again with them");
                connection.end();
                return;
            }
            if (told.birthDue()) {
                Acknowledgement.await(connection, presence.birth(session), pace.patience());
                // Whoever keeps overwriting the status gets one answer a tick, not a storm.
                signals.pause(pace.tick());
            }
        }
    }

    private void sayReport(BrokerConnection connection)
            throws BrokerUnavailableException, BrokerRefusedException, InterruptedException {
        Message report = reporter.due();
        if (report != null) {
            Acknowledgement.await(connection, report, pace.patience());
            reporter.said(report);
        }
    }

    /** Hears from the connection of one session: its own status here, everything else is a command or a rollout. */
    private final class Hearing implements ConnectionListener {
        private final long session;

        Hearing(long session) {
            this.session = session;
        }

        @Override
        public void arrived(Incoming message) {
            if (message.topic().equals(Topics.CONSOLE_STATUS)) {
                message.connection().acknowledge(message);
                gate.heard(message.payload());
            } else if (message.topic().equals(topics.status())) {
                message.connection().acknowledge(message);
                hearStatus(message);
            } else {
                commands.accept(message);
            }
        }

        private void hearStatus(Incoming message) {
            if (presence.denies(message.payload(), session)) {
                LOG.info("The status was overwritten by one that says the gateway is away; saying the birth again");
                signals.birthDue();
            }
        }

        @Override
        public void lost(Ending ending) {
            signals.lost(ending);
        }
    }
}
