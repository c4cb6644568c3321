package dev.picket.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar. */
public final class Version implements IVersionProvider {
    private static final String RESOURCE = "/dev/picket/agent/version.properties";

    /** Such as {@code 0.1.0-SNAPSHOT}. */
    public static String current() {
        return load().getProperty("version");
    }

    /** When this agent was built: no clock that is right can be before it. */
    public static Instant built() {
        return Instant.parse(load().getProperty("built"));
    }

    private static Properties load() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"picket " + current()};
    }
}
