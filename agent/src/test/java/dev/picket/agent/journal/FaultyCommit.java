package dev.picket.agent.journal;

import dev.picket.agent.sqlite.Commit;
import java.sql.Connection;
import java.sql.SQLException;

/** Fails at the commit when told so: before it took place, or after, when only its answer is lost. */
public final class FaultyCommit implements Commit {
    public enum When {
        BEFORE,
        AFTER
    }

    private final When when;
    private volatile boolean failing;

    public FaultyCommit(When when) {
        this.when = when;
    }

    public void failNext() {
        failing = true;
    }

    /** Where what was to fail did not come as far as its commit. */
    void failNoMore() {
        failing = false;
    }

    boolean happened() {
        return when == When.AFTER;
    }

    @Override
    public void commit(Connection writer) throws SQLException {
        if (!failing) {
            Commit.DURABLE.commit(writer);
            return;
        }
        failing = false;
        if (when == When.AFTER) {
            Commit.DURABLE.commit(writer);
        }
        throw new SQLException("injected fault");
    }

    /** Commits and fails when told to fail; else leaves the commit to another. */
    void commitIfFailing(Connection writer) throws SQLException {
        if (failing) {
            commit(writer);
        }
    }
}
