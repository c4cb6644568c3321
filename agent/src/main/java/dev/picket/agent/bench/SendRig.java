package dev.picket.agent.bench;

import dev.picket.agent.config.GatewayConfig;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.tls.BrokerCredentials;
import dev.picket.agent.uplink.BrokerConnection;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.agent.uplink.ConnectionListener;
import dev.picket.agent.uplink.ConsoleGate;
import dev.picket.agent.uplink.CurrentConnection;
import dev.picket.agent.uplink.DroppedEncoder;
import dev.picket.agent.uplink.Ending;
import dev.picket.agent.uplink.EventEncoder;
import dev.picket.agent.uplink.Incoming;
import dev.picket.agent.uplink.Message;
import dev.picket.agent.uplink.Meter;
import dev.picket.agent.uplink.MeteredLink;
import dev.picket.agent.uplink.PahoLink;
import dev.picket.agent.uplink.SentMarks;
import dev.picket.agent.uplink.Topics;
import dev.picket.agent.uplink.Uplink;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** The send flow over one journal and one connection, with the parts and threads that the agent gives it. */
final class SendRig implements AutoCloseable {
    static final GatewayConfig GATEWAY = new GatewayConfig("bench", "bench");

    private final CurrentConnection current = new CurrentConnection();
    private final Uplink uplink;
    private final SentMarks marks;
    private final Thread sender;
    private final Thread marker;

    private SendRig(Journal journal, UplinkConfig config) {
        this.marks = new SentMarks(journal, config.unmarked(), config.markBatch(), config.markDelay());
        Uplink.Parts parts = new Uplink.Parts(
                journal,
                encoder(),
                new DroppedEncoder(new Topics(GATEWAY), Clock.systemUTC()),
                marks,
                Meter.unlimited(Clock.systemUTC()),
                new ConsoleGate(false),
                config.order());
        this.uplink = new Uplink(
                parts,
                current,
                new Uplink.Pace(config.page(), config.ackTimeout(), Duration.ofMillis(100), Duration.ofSeconds(1)));
        this.sender = new Thread(uplink, "picket-bench-uplink");
        this.marker = new Thread(marks, "picket-bench-marks");
    }

    static SendRig start(Journal journal, UplinkConfig config) {
        SendRig rig = new SendRig(journal, config);
        rig.sender.start();
        rig.marker.start();
        return rig;
    }

    static EventEncoder encoder() {
        return new EventEncoder(new Topics(GATEWAY), _ -> false);
    }

    /** Counted as the agent's is. */
    static BrokerConnection connect(UplinkConfig config, URI broker) throws BrokerUnavailableException {
        PahoLink link = new PahoLink(
                config.withBroker(broker), GATEWAY, new BrokerCredentials(config, Map.of(), Clock.systemUTC()));
        Message will = Message.retained("picket/v1/bench/bench/status", new byte[0]);
        return new MeteredLink(link, Meter.unlimited(Clock.systemUTC()))
                .open(will, Duration.ZERO, new ConnectionListener() {
                    @Override
                    public void arrived(Incoming message) {}

                    @Override
                    public void lost(Ending ending) {}
                });
    }

    void send(BrokerConnection connection) {
        current.set(new CurrentConnection.Up(connection, Instant.now(), 1));
    }

    /** Ends both threads, after what is acknowledged is marked. */
    @Override
    public void close() {
        uplink.stop();
        marks.stop();
        try {
            sender.join();
            marker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
