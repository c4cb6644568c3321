package dev.picket.agent.journal;

import dev.picket.agent.sqlite.Commit;
import dev.picket.agent.sqlite.Damage;
import dev.picket.agent.sqlite.Database;
import dev.picket.agent.sqlite.MisplacedException;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.sqlite.Place;
import dev.picket.agent.sqlite.Salvage;
import dev.picket.agent.sqlite.Schema;
import dev.picket.agent.sqlite.SetAside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal's file through damage and loss. A fault that an open file cannot get over ends its agent, and the next one
 * opens what is right: whoever holds a number, a mark or a position of the old file is gone with it.
 *
 * <pre>
 * open      damaged before and not yet salvaged, or found damaged now   salvage, see {@link SetAside}; then open
 * any call  damaged            -> the agent ends, close() sets the file aside  -> open salvages
 *           deleted            -> the agent ends, close() puts it back from what is open; the epoch stays
 *           replaced           -> the agent ends                               -> open takes what is there
 *           its folder is gone -> it is waited for
 * </pre>
 */
final class JournalFile {
    private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);
    private static final int EPOCH_BYTES = 6;
    private static final long MARGIN_BYTES = 1L << 20;

    private enum Fault {
        NONE,
        DAMAGED,
        DELETED,
        REPLACED
    }

    private final Database database;
    private final String epoch;
    private final List<String> troubles;
    private final boolean salvaged;
    private final AtomicReference<Fault> fault = new AtomicReference<>(Fault.NONE);
    private volatile Runnable onFault = () -> {};

    private JournalFile(Database database, String epoch, List<String> troubles, boolean salvaged) {
        this.database = database;
        this.epoch = epoch;
        this.troubles = List.copyOf(troubles);
        this.salvaged = salvaged;
    }

    static JournalFile open(Path file, Schema schema, long maxBytes, Clock clock, Commit commit)
            throws SQLException, NewerSchemaException, IOException {
        List<String> troubles = new ArrayList<>();
        boolean salvaged = salvage(file, schema, clock, troubles);
        JournalFile opened;
        try {
            if (Files.exists(file) && Files.size(file) == 0) {
                throw Damage.found("it is empty");
            }
            opened = opened(file, schema, maxBytes, commit, troubles, salvaged);
        } catch (SQLException e) {
            if (!Damage.is(e) || salvaged) {
                throw e;
            }
            LOG.error("The journal {} is damaged ({}); what can be read of it is saved now", file, e.getMessage());
            SetAside.begin(file);
            salvage(file, schema, clock, troubles);
            opened = opened(file, schema, maxBytes, commit, troubles, true);
        }
        return opened;
    }

    private static JournalFile opened(
            Path file, Schema schema, long maxBytes, Commit commit, List<String> troubles, boolean salvaged)
            throws SQLException, NewerSchemaException, IOException {
        Database database = Database.open(file, schema, maxBytes, commit);
        try {
            String epoch = database.write(connection -> {
                Reckoning.refuseWrong(connection);
                return epochOf(connection);
            });
            told(file, troubles);
            return new JournalFile(database, epoch, troubles, salvaged);
        } catch (SQLException | IOException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    Database database() {
        return database;
    }

    String epoch() {
        return epoch;
    }

    boolean stoppedCleanly() {
        return database.stoppedCleanly() && !salvaged;
    }

    /** What a person should know of damaged files, a sentence each. */
    List<String> troubles() {
        return troubles;
    }

    /** What runs once, on the thread that meets a fault for which the agent must start again; it returns at once. */
    void onFault(Runnable listener) {
        onFault = listener;
    }

    /** To be told of each fault of a call. */
    void met(SQLException cause) {
        if (Damage.is(cause)) {
            ends(Fault.DAMAGED, "The journal is damaged: " + cause.getMessage());
        } else if (cause instanceof MisplacedException misplaced) {
            switch (misplaced.now()) {
                case DELETED -> ends(Fault.DELETED, "The journal has lost its name: " + cause.getMessage());
                case REPLACED -> ends(Fault.REPLACED, "The journal is another one: " + cause.getMessage());
                case AWAY, HERE -> {}
            }
        }
    }

    private void ends(Fault met, String sentence) {
        if (fault.compareAndSet(Fault.NONE, met)) {
            LOG.error("{}; the agent starts again with what can be read of it", sentence);
            onFault.run();
        }
    }

    void close() {
        try {
            if (database.place() == Place.Now.DELETED) {
                SetAside.putBack(database.file(), database);
                LOG.warn("The journal {} was deleted while it was in use, and is put back whole", database.file());
            }
            database.close();
            if (fault.get() == Fault.DAMAGED && database.place() == Place.Now.HERE) {
                SetAside.begin(database.file());
            }
        } catch (SQLException | IOException e) {
            LOG.error("The journal {} could not be brought in order at its end: {}", database.file(), e.getMessage());
            database.close();
        }
    }

    private static boolean salvage(Path file, Schema schema, Clock clock, List<String> troubles)
            throws SQLException, NewerSchemaException, IOException {
        return SetAside.resume(file, clock.instant(), (damaged, fresh) -> {
            long wanted = SetAside.bytes(damaged) + MARGIN_BYTES;
            long free = Files.getFileStore(damaged).getUsableSpace();
            if (free < wanted) {
                throw new IOException("it is damaged, and the disk has " + free + " bytes left of the " + wanted
                        + " that a copy of what can be read of it may take; nothing is deleted: make room");
            }
            Salvage.Copied copied = Salvage.copy(damaged, fresh, schema);
            Reckoning.Loss loss;
            try (Database database = Database.open(fresh, schema, Long.MAX_VALUE)) {
                loss = database.write(connection -> Reckoning.make(connection, random()));
            }
            String sentence = "The journal was damaged and goes on under a new epoch: " + loss.saved()
                    + " rows were saved, " + loss.unsent() + " of them unsent, and " + loss.lost()
                    + " unsent ones are lost"
                    + (loss.before() == null ? ", as far as can be told" : "")
                    + (copied.faults().isEmpty() ? "." : "; unreadable places: " + copied.faults() + ".");
            LOG.error(sentence);
            troubles.add(sentence);
        });
    }

    private static void told(Path file, List<String> troubles) throws IOException {
        List<Path> kept = SetAside.kept(file);
        if (!kept.isEmpty()) {
            long bytes = 0;
            for (Path each : kept) {
                bytes += SetAside.bytes(each);
            }
            troubles.add(kept.size() + " damaged journal" + (kept.size() == 1 ? " lies" : "s lie") + " beside " + file
                    + " with " + bytes + " bytes, " + kept.getLast().getFileName()
                    + " last: copy what is wanted of it, then delete it.");
        }
    }

    private static String epochOf(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO meta (key, value) VALUES ('epoch', ?) ON CONFLICT DO UPDATE SET value = value"
                        + " RETURNING value")) {
            insert.setString(1, random());
            try (ResultSet rows = insert.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    private static String random() {
        byte[] random = new byte[EPOCH_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
