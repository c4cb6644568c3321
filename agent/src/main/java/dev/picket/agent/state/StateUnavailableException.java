package dev.picket.agent.state;

import java.nio.file.Path;
import java.sql.SQLException;

/** state.db could not be read or written now; nothing of the call took effect, the same call later may succeed. */
public final class StateUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    StateUnavailableException(Path file, SQLException cause) {
        super(
                "The state file %s cannot be used (%s): look at its disk and its permissions."
                        .formatted(file, cause.getMessage()),
                cause);
        this.code = cause.getErrorCode();
    }

    /** SQLite's extended result code. */
    public int code() {
        return code;
    }
}
