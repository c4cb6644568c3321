package dev.picket.agent.sqlite;

import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults that an open file cannot get over. Whoever holds a number, a mark or a position of the file must be gone before
 * another takes its place, so such a fault ends the agent, and the next one opens what is right.
 *
 * <pre>
 * damaged            the agent ends, close() sets the file aside              -> the next open salvages it
 * deleted            the agent ends, close() puts it back from what is open   -> the next open finds it whole
 * replaced           the agent ends                                           -> the next open takes what is there
 * its folder is gone nothing: it is waited for, and nothing is written meanwhile
 * </pre>
 */
public final class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    private enum Fault {
        NONE,
        DAMAGED,
        DELETED,
        REPLACED
    }

    private final Database database;
    private final AtomicReference<Fault> fault = new AtomicReference<>(Fault.NONE);
    private volatile Runnable listener = () -> {};

    public Faults(Database database) {
        this.database = database;
    }

    /** What runs once, on the thread that meets the fault; it returns at once. */
    public void onFault(Runnable run) {
        listener = run;
        if (fault.get() != Fault.NONE) {
            run.run();
        }
    }

    /** To be told of each fault of a call. */
    public void met(SQLException cause) {
        if (Damage.is(cause)) {
            ends(Fault.DAMAGED, database.file() + " is damaged: " + cause.getMessage());
        } else if (cause instanceof MisplacedException misplaced) {
            switch (misplaced.now()) {
                case DELETED -> ends(Fault.DELETED, String.valueOf(cause.getMessage()));
                case REPLACED -> ends(Fault.REPLACED, String.valueOf(cause.getMessage()));
                case AWAY, HERE -> {}
            }
        }
    }

    /** Closes the file, and leaves it so that the next open does what is right. */
    public void close() {
        try {
            if (database.place() == Place.Now.DELETED && !database.isClosed()) {
                SetAside.putBack(database.file(), database);
                LOG.warn("{} was deleted while it was in use, and is put back whole", database.file());
            }
            database.close();
            if (fault.get() == Fault.DAMAGED && database.place() == Place.Now.HERE) {
                SetAside.begin(database.file());
            }
        } catch (SQLException | IOException e) {
            LOG.error("{} could not be brought in order at its end: {}", database.file(), e.getMessage());
            database.close();
        }
    }

    private void ends(Fault met, String sentence) {
        if (fault.compareAndSet(Fault.NONE, met)) {
            LOG.error("{}; the agent starts again with what can be read of it", sentence.strip());
            listener.run();
        }
    }
}
