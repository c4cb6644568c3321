package dev.picket.agent.config;

/**
 * One thing that is wrong in the configuration.
 *
 * @param key the dotted key, such as {@code uplink.broker}; empty where the whole file is meant
 * @param where the file or the environment variable that says so
 * @param sentence what is wrong and what to do
 */
public record Fault(String key, String where, String sentence) {
    @Override
    public String toString() {
        return (key.isEmpty() ? "" : key + ": ") + sentence + (where.isEmpty() ? "" : " (" + where + ")");
    }
}
