package dev.picket.agent.bench;

import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.uplink.BrokerConnection;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.agent.uplink.EventEncoder;
import dev.picket.agent.uplink.Message;
import dev.picket.agent.uplink.PahoMessage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code uplink-drain-ratio}: rows a second from a full journal to the broker's acknowledgement and the durable mark, over
 * the bare windowed publish of the same events, made beforehand ({@link BarePublish}). Same broker, same window, same
 * bytes, TCP_NODELAY on both sides; a round ends when nothing is unsent. {@code measured} and {@code floor} are rows a
 * second.
 */
public final class UplinkBench {
    private static final int ROUNDS = 9;
    private static final int ROWS = 10_000;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Backlog backlog;
    private final UplinkConfig config;
    private final @Nullable URI broker;
    private final int rounds;
    private final int rows;

    /**
     * @param folder where the journals of the rounds are made, on the disk that is meant; it is there and stays
     * @param config the uplink's; its broker is not used
     * @param broker where to publish; null: a Mosquitto of its own
     */
    public UplinkBench(Path folder, JournalConfig journalConfig, UplinkConfig config, @Nullable URI broker) {
        this(folder, journalConfig, config, broker, ROUNDS, ROWS);
    }

    UplinkBench(
            Path folder, JournalConfig journalConfig, UplinkConfig config, @Nullable URI broker, int rounds, int rows) {
        this.backlog = new Backlog(folder, journalConfig);
        this.config = config;
        this.broker = broker;
        this.rounds = rounds;
        this.rows = rows;
    }

    /** @throws BrokerUnavailableException when there is no broker to measure against, or it goes meanwhile */
    public Result run() throws BrokerUnavailableException, InterruptedException {
        if (broker != null) {
            return against(broker);
        }
        try (BrokerChild child = BrokerChild.start()) {
            return against(child.uri());
        }
    }

    private Result against(URI uri) throws BrokerUnavailableException, InterruptedException {
        try {
            return Rounds.<Exception>run(rounds, () -> drain(uri), () -> bare(uri))
                    .ratio("uplink-drain-ratio");
        } catch (BrokerUnavailableException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private double drain(URI uri)
            throws IOException, JournalUnavailableException, NewerSchemaException, BrokerUnavailableException,
                    InterruptedException {
        Path file = backlog.of(rows);
        BrokerConnection connection = SendRig.connect(config, uri);
        try (Journal journal = backlog.open(file);
                SendRig rig = SendRig.start(journal, config)) {
            long start = System.nanoTime();
            rig.send(connection);
            awaitDrained(journal, start);
            return rate(System.nanoTime() - start);
        } finally {
            connection.abort();
            Backlog.delete(file);
        }
    }

    private static void awaitDrained(Journal journal, long start)
            throws JournalUnavailableException, BrokerUnavailableException, InterruptedException {
        while (journal.depth().total() > 0) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new BrokerUnavailableException("The journal did not drain within " + PATIENCE);
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private double bare(URI uri)
            throws IOException, JournalUnavailableException, NewerSchemaException, BrokerUnavailableException,
                    InterruptedException {
        BrokerConnection asked = SendRig.connect(config, uri);
        int window = asked.window();
        asked.abort();
        Path file = backlog.of(rows);
        EventEncoder encoder = SendRig.encoder();
        List<BarePublish.Made> made = new ArrayList<>(rows);
        try (Journal journal = backlog.open(file)) {
            for (PendingVerdict row : journal.pending(rows, Map.of())) {
                Message event = encoder.encode(row, Instant.now());
                made.add(new BarePublish.Made(event.topic(), PahoMessage.of(event)));
            }
        } finally {
            Backlog.delete(file);
        }
        try (BarePublish bare = new BarePublish(uri, window)) {
            long start = System.nanoTime();
            bare.publish(made);
            return rate(System.nanoTime() - start);
        }
    }

    private double rate(long nanos) {
        return (double) rows * SECOND_NANOS / nanos;
    }
}
