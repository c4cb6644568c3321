package dev.picket.agent.bench;

import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.uplink.BrokerConnection;
import dev.picket.agent.uplink.BrokerUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a large backlog costs.
 *
 * <pre>
 *   backlog-start-ratio       opening the journal, connecting and the first acknowledgement, with the backlog over with a
 *                             single row; measured and floor in milliseconds. All in one warm process, so that nothing of
 *                             its start hides a difference
 *   backlog-drain-flatness    acknowledged rows a second in the last tenth of a drain over the first tenth of the same
 * </pre>
 *
 * The backlog is made once; each drain has a copy of it.
 */
public final class BacklogBench {
    private static final int ROUNDS = 7;
    private static final int ROWS = 100_000;
    private static final int ROWS_LONG = 1_000_000;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final double MILLI_NANOS = 1e6;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Backlog backlog;
    private final UplinkConfig config;
    private final @Nullable URI broker;
    private final int rounds;
    private final int rows;

    /**
     * @param folder where the journals are made, on the disk that is meant; it is there and stays
     * @param config the uplink's; its broker is not used
     * @param broker where to publish; null: a Mosquitto of its own
     * @param large a million rows instead of a hundred thousand
     */
    public BacklogBench(
            Path folder, JournalConfig journalConfig, UplinkConfig config, @Nullable URI broker, boolean large) {
        this(folder, journalConfig, config, broker, ROUNDS, large ? ROWS_LONG : ROWS);
    }

    BacklogBench(
            Path folder, JournalConfig journalConfig, UplinkConfig config, @Nullable URI broker, int rounds, int rows) {
        this.backlog = new Backlog(folder, journalConfig);
        this.config = config;
        this.broker = broker;
        this.rounds = rounds;
        this.rows = rows;
    }

    private interface Measure {
        Result against(URI broker, Path full) throws Exception;
    }

    public Result start()
            throws BrokerUnavailableException, JournalUnavailableException, NewerSchemaException, IOException,
                    InterruptedException {
        return measure((uri, full) -> Rounds.<Exception>run(
                        rounds, () -> firstAckMillis(uri, full), () -> firstAckMillisOfOne(uri))
                .ratio("backlog-start-ratio"));
    }

    public Result flatness()
            throws BrokerUnavailableException, JournalUnavailableException, NewerSchemaException, IOException,
                    InterruptedException {
        return measure((uri, full) -> {
            Rounds measured = Rounds.<Exception>pairs(rounds, () -> tenths(uri, backlog.copy(full)));
            return measured.ratio("backlog-drain-flatness");
        });
    }

    private Result measure(Measure what)
            throws BrokerUnavailableException, JournalUnavailableException, NewerSchemaException, IOException,
                    InterruptedException {
        Path full = backlog.of(rows);
        try {
            if (broker != null) {
                return what.against(broker, full);
            }
            try (BrokerChild child = BrokerChild.start()) {
                return what.against(child.uri(), full);
            }
        } catch (BrokerUnavailableException
                | JournalUnavailableException
                | NewerSchemaException
                | IOException
                | InterruptedException
                | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            Backlog.delete(full);
        }
    }

    private double firstAckMillisOfOne(URI uri) throws Exception {
        Path file = backlog.of(1);
        try {
            return firstAckMillis(uri, file);
        } finally {
            Backlog.delete(file);
        }
    }

    private double firstAckMillis(URI uri, Path file)
            throws BrokerUnavailableException, JournalUnavailableException, NewerSchemaException, InterruptedException {
        long start = System.nanoTime();
        try (Journal journal = backlog.open(file);
                SendRig rig = SendRig.start(journal, config)) {
            BrokerConnection connection = SendRig.connect(config, uri);
            try {
                Acks acks = new Acks(connection, 1);
                rig.send(acks);
                return (acks.await(PATIENCE)[0] - start) / MILLI_NANOS;
            } finally {
                connection.abort();
            }
        }
    }

    /** Rows a second of the last tenth, and of the first. */
    private double[] tenths(URI uri, Path file)
            throws BrokerUnavailableException, JournalUnavailableException, NewerSchemaException, IOException,
                    InterruptedException {
        try (Journal journal = backlog.open(file);
                SendRig rig = SendRig.start(journal, config)) {
            BrokerConnection connection = SendRig.connect(config, uri);
            try {
                Acks acks = new Acks(connection, 1, rows / 10, rows - rows / 10, rows);
                rig.send(acks);
                long[] at = acks.await(PATIENCE);
                double tenth = (double) rows / 10 * SECOND_NANOS;
                return new double[] {tenth / (at[3] - at[2]), tenth / (at[1] - at[0])};
            } finally {
                connection.abort();
            }
        } finally {
            Backlog.delete(file);
        }
    }
}
