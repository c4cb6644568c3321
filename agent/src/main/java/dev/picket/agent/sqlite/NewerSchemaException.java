package dev.picket.agent.sqlite;

import java.nio.file.Path;

/** The file was written by a newer agent; opening it again will not help, a newer agent will. */
public final class NewerSchemaException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int found;
    private final int known;

    NewerSchemaException(Path file, int found, int known) {
        super("The file " + file + " has schema " + found + ", and this agent knows schemas up to " + known
                + ": install the agent that wrote it, or a newer one.");
        this.found = found;
        this.known = known;
    }

    public int found() {
        return found;
    }

    public int known() {
        return known;
    }
}
