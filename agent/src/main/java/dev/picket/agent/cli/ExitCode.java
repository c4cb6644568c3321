package dev.picket.agent.cli;

/** What the process answers; those of BSD's sysexits.h where one fits. */
public final class ExitCode {
    public static final int OK = 0;
    /** The command ran, and what it looked at is not as it should be. */
    public static final int FINDINGS = 1;
    /** The words on the command line are off. */
    public static final int USAGE = 64;
    /** What was handed in cannot be read or is refused. */
    public static final int DATA = 65;
    /** Something that is needed does not answer: the agent, a broker, a file. */
    public static final int UNAVAILABLE = 69;
    /** A fault of ours. */
    public static final int INTERNAL = 70;
    /** The configuration cannot be used. */
    public static final int CONFIG = 78;

    private ExitCode() {}
}
