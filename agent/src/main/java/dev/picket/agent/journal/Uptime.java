package dev.picket.agent.journal;

/** What a journal ages by: how long this machine has run, which no change of a clock changes. */
@FunctionalInterface
public interface Uptime {
    /**
     * Now.
     *
     * @param boot names the time since the machine was started
     * @param millis since then
     * @param synchronised whether the clock is known to be right, by NTP or the like
     */
    record Moment(String boot, long millis, boolean synchronised) {}

    Moment now();

    /** That of the machine that this runs on. */
    static Uptime ofThisMachine() {
        return new LinuxUptime();
    }
}
