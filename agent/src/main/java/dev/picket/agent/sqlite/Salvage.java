package dev.picket.agent.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/**
 * Copies what can be read of a damaged file into a new one of the same schema, table by table. Nothing is written to the
 * damaged one. A row that is readable and wrong, because bits of a value have flipped, is copied as it is: SQLite keeps
 * no checksum of it.
 */
public final class Salvage {
    private static final int COMMIT_ROWS = 1_000;
    /** No row is as large; a damaged length must not take the memory. */
    private static final int MAX_ROW_BYTES = 32 << 20;

    private static final int MAX_FAULTS_IN_A_ROW = 30_000;
    private static final int PRIMARY_CODE = 0xff;

    /**
     * What came of it.
     *
     * @param rows how many were copied, by table
     * @param faults in how many places something could not be read or taken, by table, where there was any
     */
    public record Copied(Map<String, Long> rows, Map<String, Integer> faults) {
        public long total() {
            return rows.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    private record Column(String name, int key) {}

    private final Connection from;
    private final Connection to;
    private long uncommitted;

    private Salvage(Connection from, Connection to) {
        this.from = from;
        this.to = to;
    }

    /**
     * Makes the new file, closed and whole, with all rows that can be read.
     *
     * @param fresh is not there yet
     * @throws NewerSchemaException when a newer agent wrote the damaged file
     * @throws SQLException when the new file cannot be written
     */
    public static Copied copy(Path damaged, Path fresh, Schema schema) throws SQLException, NewerSchemaException {
        if (bytes(damaged) == 0) {
            // To open it is to throw its -wal away.
            Database.open(fresh, schema, Long.MAX_VALUE).close();
            return new Copied(Map.of(), Map.of("file", 1));
        }
        int version;
        try (Connection from = connect(damaged)) {
            version = version(from, schema);
            if (version > schema.version()) {
                throw new NewerSchemaException(damaged, version, schema.version());
            }
            Database.open(fresh, schema.through(version), Long.MAX_VALUE).close();
            try (Connection to = DriverManager.getConnection("jdbc:sqlite:" + fresh.toAbsolutePath())) {
                // The whole file is forced before it gets its name.
                execute(to, "PRAGMA synchronous = OFF");
                return new Salvage(from, to).copy();
            }
        }
    }

    private static long bytes(Path file) throws SQLException {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new SQLException("its size cannot be read: " + e.getMessage(), e);
        }
    }

    private Copied copy() throws SQLException {
        Map<String, Long> rows = new LinkedHashMap<>();
        Map<String, Integer> faults = new LinkedHashMap<>();
        execute(to, "BEGIN");
        for (String table : tables()) {
            List<Column> columns = columns(table);
            long before = count(table);
            int unreadable = copy(table, columns);
            rows.put(table, count(table) - before);
            if (unreadable > 0) {
                faults.put(table, unreadable);
            }
        }
        numbersGiven();
        execute(to, "COMMIT");
        return new Copied(rows, faults);
    }

    /** Numbers that were given to rows which are gone must not be given again. */
    private void numbersGiven() throws SQLException {
        if (texts("SELECT name FROM sqlite_master WHERE name = 'sqlite_sequence'")
                .isEmpty()) {
            return;
        }
        try (PreparedStatement forget = to.prepareStatement("DELETE FROM sqlite_sequence WHERE name = ? AND seq <= ?");
                PreparedStatement insert = to.prepareStatement("INSERT INTO sqlite_sequence (name, seq)"
                        + " SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)")) {
            whole("SELECT name, seq FROM sqlite_sequence", row -> {
                forget.setString(1, row.getString(1));
                forget.setLong(2, row.getLong(2));
                forget.executeUpdate();
                insert.setString(1, row.getString(1));
                insert.setLong(2, row.getLong(2));
                insert.setString(3, row.getString(1));
                insert.executeUpdate();
            });
        }
    }

    private int copy(String table, List<Column> columns) throws SQLException {
        List<String> names = columns.stream().map(Column::name).toList();
        List<String> key = columns.stream()
                .filter(column -> column.key() > 0)
                .sorted((a, b) -> Integer.compare(a.key(), b.key()))
                .map(Column::name)
                .toList();
        String list = String.join(", ", names);
        String marks = String.join(", ", names.stream().map(_ -> "?").toList());
        try (PreparedStatement insert =
                to.prepareStatement("INSERT OR REPLACE INTO " + table + " (" + list + ") VALUES (" + marks + ")")) {
            TableWalk.Sink sink = row -> take(insert, row, names.size());
            if (numbered(table)) {
                return new TableWalk(from, table, key.getFirst(), list, sink, MAX_FAULTS_IN_A_ROW).run();
            }
            String order = " ORDER BY " + String.join(", ", key);
            String back = " ORDER BY "
                    + String.join(", ", key.stream().map(name -> name + " DESC").toList());
            if (whole("SELECT " + list + " FROM " + table + order, sink)) {
                return 0;
            }
            return whole("SELECT " + list + " FROM " + table + back, sink) ? 1 : 2;
        }
    }

    /** Reads to the end, or as far as it can be read. */
    private boolean whole(String sql, TableWalk.Sink sink) throws SQLException {
        try (Statement query = from.createStatement();
                ResultSet rows = query.executeQuery(sql)) {
            while (rows.next()) {
                sink.take(rows);
            }
            return true;
        } catch (SQLException e) {
            if (!unreadable(e)) {
                throw e;
            }
            return false;
        }
    }

    private void take(PreparedStatement insert, ResultSet row, int columns) throws SQLException {
        for (int i = 1; i <= columns; i++) {
            insert.setObject(i, row.getObject(i));
        }
        insert.executeUpdate();
        if (++uncommitted % COMMIT_ROWS == 0) {
            execute(to, "COMMIT");
            execute(to, "BEGIN");
        }
    }

    /** Whether a fault is of what is read; one of what is written, such as a full disk, is not. */
    static boolean unreadable(SQLException fault) {
        return switch (fault.getErrorCode() & PRIMARY_CODE) {
            // no such table or column, damaged, too large, a value of the wrong kind, no database
            case 1, 11, 18, 19, 20, 26 -> true;
            // a sector of the disk; the rest of its family is of writing
            case 10 -> fault.getErrorCode() == (10 | 1 << 8) || fault.getErrorCode() == (10 | 2 << 8);
            default -> false;
        };
    }

    private static Connection connect(Path damaged) throws SQLException {
        // Read-only, or its close would write the -wal into the damaged file.
        Connection connection =
                DriverManager.getConnection("jdbc:sqlite:file:" + damaged.toAbsolutePath() + "?mode=ro");
        ((SQLiteConnection) connection).setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, MAX_ROW_BYTES);
        return connection;
    }

    /** The schema of the damaged file; the newest, of which nothing will be found, where not even that can be read. */
    private static int version(Connection from, Schema schema) throws SQLException {
        try (Statement statement = from.createStatement()) {
            statement.execute("PRAGMA cell_size_check = ON");
            // Else a file that was cut short is refused whole.
            statement.execute("PRAGMA writable_schema = ON");
            try (ResultSet rows = statement.executeQuery("PRAGMA user_version")) {
                rows.next();
                return rows.getInt(1) < 1 ? schema.version() : rows.getInt(1);
            }
        } catch (SQLException e) {
            if (!unreadable(e)) {
                throw e;
            }
            return schema.version();
        }
    }

    private List<String> tables() throws SQLException {
        return texts("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                + " AND name <> 'opened' ORDER BY rowid");
    }

    private List<Column> columns(String table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (Statement statement = to.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA table_info(" + table + ")")) {
            while (rows.next()) {
                columns.add(new Column(rows.getString("name"), rows.getInt("pk")));
            }
        }
        return columns;
    }

    /** Whether its key is its row's number: one column of integers, and first. */
    private boolean numbered(String table) throws SQLException {
        return texts("SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr = 0 AND name = '" + table + "'")
                .contains(table);
    }

    private long count(String table) throws SQLException {
        return Long.parseLong(texts("SELECT count(*) FROM " + table).getFirst());
    }

    private List<String> texts(String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Statement statement = to.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
