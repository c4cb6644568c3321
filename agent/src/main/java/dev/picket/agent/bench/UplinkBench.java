package dev.picket.agent.bench;

import dev.picket.agent.config.GatewayConfig;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.tls.BrokerCredentials;
import dev.picket.agent.uplink.BrokerConnection;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.agent.uplink.ConnectionListener;
import dev.picket.agent.uplink.CurrentConnection;
import dev.picket.agent.uplink.Ending;
import dev.picket.agent.uplink.EventEncoder;
import dev.picket.agent.uplink.Incoming;
import dev.picket.agent.uplink.Message;
import dev.picket.agent.uplink.PahoLink;
import dev.picket.agent.uplink.PahoMessage;
import dev.picket.agent.uplink.SentMarks;
import dev.picket.agent.uplink.Topics;
import dev.picket.agent.uplink.Uplink;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
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
    private static final Instant AT = Instant.parse("2026-11-21T00:00:00Z");
    private static final GatewayConfig GATEWAY = new GatewayConfig("bench", "bench");

    private final Path folder;
    private final JournalConfig journalConfig;
    private final UplinkConfig config;
    private final @Nullable URI broker;
    private final int rounds;
    private final int rows;
    private final EventEncoder encoder = new EventEncoder(new Topics(GATEWAY), _ -> false);
    private int files;

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
        this.folder = folder;
        this.journalConfig = journalConfig;
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
        PahoLink link = new PahoLink(
                config.withBroker(uri), GATEWAY, new BrokerCredentials(config, Map.of(), Clock.systemUTC()));
        try {
            return Rounds.<Exception>run(rounds, () -> drain(link), () -> bare(link, uri))
                    .ratio("uplink-drain-ratio");
        } catch (BrokerUnavailableException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private double drain(PahoLink link)
            throws IOException, JournalUnavailableException, NewerSchemaException, BrokerUnavailableException,
                    InterruptedException {
        Path file = folder.resolve("bench-uplink-" + files++ + ".db");
        BrokerConnection connection = open(link);
        try (Journal journal = full(file)) {
            SentMarks marks = new SentMarks(journal, config.unmarked(), config.markBatch(), config.markDelay());
            CurrentConnection current = new CurrentConnection();
            Uplink.Pace pace =
                    new Uplink.Pace(config.page(), config.ackTimeout(), Duration.ofMillis(100), Duration.ofSeconds(1));
            Uplink uplink = new Uplink(journal, current, encoder, marks, pace);
            Thread sender = new Thread(uplink, "picket-bench-uplink");
            Thread marker = new Thread(marks, "picket-bench-marks");
            sender.start();
            marker.start();
            long start = System.nanoTime();
            current.set(new CurrentConnection.Up(connection, Instant.now(), 1));
            awaitDrained(journal, start);
            double rate = rate(System.nanoTime() - start);
            uplink.stop();
            marks.stop();
            sender.join();
            marker.join();
            return rate;
        } finally {
            connection.abort();
            delete(file);
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

    private double bare(PahoLink link, URI uri)
            throws IOException, JournalUnavailableException, NewerSchemaException, BrokerUnavailableException,
                    InterruptedException {
        Path file = folder.resolve("bench-uplink-" + files++ + ".db");
        BrokerConnection asked = open(link);
        int window = asked.window();
        asked.abort();
        List<BarePublish.Made> made = new ArrayList<>(rows);
        try (Journal journal = full(file)) {
            for (PendingVerdict row : journal.pending(rows, Map.of())) {
                Message event = encoder.encode(row, Instant.now());
                made.add(new BarePublish.Made(event.topic(), PahoMessage.of(event)));
            }
        } finally {
            delete(file);
        }
        try (BarePublish bare = new BarePublish(uri, window)) {
            long start = System.nanoTime();
            bare.publish(made);
            return rate(System.nanoTime() - start);
        }
    }

    private BrokerConnection open(PahoLink link) throws BrokerUnavailableException {
        Message will = Message.retained("picket/v1/bench/bench/status", new byte[0]);
        return link.open(will, Duration.ZERO, new ConnectionListener() {
            @Override
            public void arrived(Incoming message) {}

            @Override
            public void lost(Ending ending) {}
        });
    }

    private Journal full(Path file) throws JournalUnavailableException, NewerSchemaException {
        Journal journal = Journal.open(file, journalConfig, Clock.systemUTC());
        List<Verdict> verdicts = new ArrayList<>(rows);
        for (int i = 0; i < rows; i++) {
            boolean escalate = i % 10 == 0;
            verdicts.add(new Verdict(
                    "bench",
                    "1:" + i * 97L,
                    AT,
                    "Pump 3 on line " + i + " reports a bearing temperature of 81 degrees, above its alarm limit",
                    false,
                    "fraud",
                    "b".repeat(64),
                    "c".repeat(64),
                    List.of("ham", "spam", "smishing"),
                    List.of(0.9f, 0.06f, 0.04f),
                    "ham",
                    0.9f,
                    escalate ? Priority.ESCALATION : Priority.ROUTINE,
                    escalate ? new Decision.Escalate() : new Decision.Accept(),
                    2_000_000L));
        }
        journal.append(verdicts, Map.of());
        return journal;
    }

    private double rate(long nanos) {
        return (double) rows * SECOND_NANOS / nanos;
    }

    private static void delete(Path file) throws IOException {
        for (String end : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + end));
        }
    }
}
