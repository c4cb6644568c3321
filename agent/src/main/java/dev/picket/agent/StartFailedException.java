package dev.picket.agent;

/** The agent does not start; one sentence says why and what to do. */
public final class StartFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Whose doing it is. */
    public enum Family {
        /** The configuration, or the environment, must be changed first. */
        CONFIGURATION,
        /** Something that is needed cannot be used now: a disk, a port, a lock. */
        UNAVAILABLE
    }

    private final Family family;

    StartFailedException(Family family, String sentence) {
        super(sentence);
        this.family = family;
    }

    public Family family() {
        return family;
    }
}
