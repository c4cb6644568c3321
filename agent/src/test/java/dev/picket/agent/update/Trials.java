package dev.picket.agent.update;

import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.TrialConfig;
import dev.picket.agent.config.UpdatesConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Configurations as people write them. */
final class Trials {
    private Trials() {}

    /** The gates of {@code updates.trial}, such as {@code shadow-readings: 20, max-change: 0.1}. */
    static TrialConfig gates(String trial) throws IOException {
        return config(URI.create("file:///nowhere"), Path.of("/nowhere"), trial).trial();
    }

    static UpdatesConfig config(URI repository, Path root, String trial) throws IOException {
        Path file = Files.createTempFile("picket-trial", ".yml");
        try {
            Files.writeString(file, """
                    updates:
                      repository: "%s"
                      root: "%s"
                      interval: 1h
                      spare-bytes: 0
                      trial: { %s }
                    """.formatted(repository, root, trial));
            return ConfigLoader.load(file, Map.of()).updates();
        } catch (ConfigException e) {
            throw new IOException(e);
        } finally {
            Files.delete(file);
        }
    }
}
