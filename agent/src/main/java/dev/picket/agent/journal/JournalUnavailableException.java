package dev.picket.agent.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/** The journal could not be read or written now; nothing of the call took effect, the same call later may succeed. */
public final class JournalUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int PRIMARY_CODE = 0xff;

    /** What keeps it. */
    public enum Reason {
        /** The size limit or the disk's end is reached, and no sent row is left to make room. */
        FULL,
        /** Another process holds the file. */
        BUSY,
        /** The file's content is not what was written. */
        DAMAGED,
        /** The disk refuses: read-only, gone, an I/O error. */
        DISK
    }

    private final Reason reason;
    private final int code;

    private JournalUnavailableException(Reason reason, int code, String message, SQLException cause) {
        super(message, cause);
        this.reason = reason;
        this.code = code;
    }

    static JournalUnavailableException of(Path file, long maxBytes, SQLException cause) {
        int code = cause.getErrorCode();
        Reason reason = switch (code & PRIMARY_CODE) {
            case 13 -> Reason.FULL;
            case 5, 6 -> Reason.BUSY;
            // A constraint that does not hold means that pages of different transactions lie beside each other.
            case 11, 19, 26 -> Reason.DAMAGED;
            default -> Reason.DISK;
        };
        String what = switch (reason) {
            case FULL ->
                "is full (journal.max-bytes is " + maxBytes + ", and unsent rows are not dropped): connect the uplink, "
                        + "free the disk, or raise the limit";
            case BUSY -> "is held by another process: stop it, or wait until it is done";
            case DAMAGED ->
                "is damaged (" + cause.getMessage() + "): it is set aside, and goes on with what can be read of it";
            case DISK -> "cannot be used (" + cause.getMessage() + "): look at its disk and its permissions";
        };
        return new JournalUnavailableException(reason, code, "The journal " + file + " " + what + ".", cause);
    }

    /** The file's folder, or the room in it, is not what it takes to open it. */
    static JournalUnavailableException of(Path file, IOException cause) {
        return new JournalUnavailableException(
                Reason.DISK,
                0,
                "The journal " + file + " cannot be opened: " + cause.getMessage() + ".",
                new SQLException(cause));
    }

    public Reason reason() {
        return reason;
    }

    /** SQLite's extended result code. */
    public int code() {
        return code;
    }
}
