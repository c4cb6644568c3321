package dev.picket.agent.sqlite;

import java.sql.SQLException;

/** What tells that a file's content is not what was written to it. */
public final class Damage {
    private static final int PRIMARY_CODE = 0xff;
    private static final int CONSTRAINT = 19;
    private static final int CORRUPT = 11;
    private static final int NOT_A_DATABASE = 26;

    private Damage() {}

    /** A fault in the content that SQLite itself cannot see. */
    public static SQLException found(String what) {
        return new SQLException(what, null, CORRUPT);
    }

    /**
     * Whether the fault lies in the content. A violated constraint does: no statement of the agent violates one on what
     * it wrote itself.
     */
    public static boolean is(SQLException fault) {
        return switch (fault.getErrorCode() & PRIMARY_CODE) {
            case CORRUPT, NOT_A_DATABASE, CONSTRAINT -> true;
            default -> false;
        };
    }
}
