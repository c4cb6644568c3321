package dev.picket.agent.journal;

import dev.picket.agent.sqlite.Commit;
import dev.picket.agent.sqlite.Damage;
import dev.picket.agent.sqlite.Database;
import dev.picket.agent.sqlite.Faults;
import dev.picket.agent.sqlite.NewerSchemaException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal's file: what is opened when it was damaged before ({@link SetAside}), and what ends its use
 * ({@link Faults}).
 */
final class JournalFile {
    private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);
    private static final int EPOCH_BYTES = 6;
    private static final long MARGIN_BYTES = 1L << 20;

    private final Database database;
    private final String epoch;
    private final List<String> troubles;
    private final boolean salvaged;
    private final Faults faults;

    private JournalFile(Database database, String epoch, List<String> troubles, boolean salvaged) {
        this.database = database;
        this.epoch = epoch;
        this.troubles = List.copyOf(troubles);
        this.salvaged = salvaged;
        this.faults = new Faults(database);
    }

    static JournalFile open(Path file, Schema schema, long maxBytes, Clock clock, Commit commit)
            throws SQLException, NewerSchemaException, IOException {
        List<String> troubles = new ArrayList<>();
        boolean salvaged = salvage(file, schema, clock, troubles);
        JournalFile opened;
        SetAside.create(file, schema, clock.instant());
        try {
            if (Files.size(file) == 0) {
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
            SetAside.told(file).ifPresent(troubles::add);
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

    Faults faults() {
        return faults;
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
