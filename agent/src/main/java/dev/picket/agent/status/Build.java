package dev.picket.agent.status;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Properties;

/** What the build wrote into the jar. */
public final class Build {
    private static final String RESOURCE = "/dev/picket/agent/version.properties";

    private Build() {}

    /** Such as {@code 0.1.0-SNAPSHOT}. */
    public static String version() {
        return load().getProperty("version");
    }

    /** When this agent was built: no clock that is right can be before it. */
    public static Instant instant() {
        return Instant.parse(load().getProperty("built"));
    }

    /** What is wrong with a clock that says this, in a sentence; empty where nothing can be told. */
    public static String clockTrouble(Instant now) {
        Instant built = instant();
        return now.isBefore(built)
                ? "The clock says " + now.truncatedTo(ChronoUnit.SECONDS) + ", and this agent was built at " + built
                        + ": set it, or let this machine find a time server; until then certificates count as not valid yet"
                : "";
    }

    private static Properties load() {
        Properties properties = new Properties();
        try (InputStream in = Build.class.getResourceAsStream(RESOURCE)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }
}
