package dev.picket.agent.status;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
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
