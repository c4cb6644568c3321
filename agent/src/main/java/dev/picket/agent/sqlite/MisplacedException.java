package dev.picket.agent.sqlite;

import java.nio.file.Path;
import java.sql.SQLException;

/** The open file has lost its name, so what would be written to it would be gone with the process; nothing was. */
public final class MisplacedException extends SQLException {
    private static final long serialVersionUID = 1L;
    private static final int IO_ERROR = 10;

    private final Place.Now now;

    MisplacedException(Path file, Place.Now now) {
        super(sentence(file, now), null, IO_ERROR);
        this.now = now;
    }

    public Place.Now now() {
        return now;
    }

    private static String sentence(Path file, Place.Now now) {
        return switch (now) {
            case DELETED -> file + " was deleted while it was in use";
            case REPLACED -> file + " was replaced by another file while it was in use";
            case AWAY -> "the folder " + file.toAbsolutePath().getParent() + " is gone, with " + file.getFileName();
            case HERE -> file + " is in its place";
        };
    }
}
