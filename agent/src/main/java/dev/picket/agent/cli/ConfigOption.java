package dev.picket.agent.cli;

import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.overlay.ConfigSource;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that all commands share which look at an agent's configuration. */
final class ConfigOption {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration; default: $PICKET_CONFIG, else ${DEFAULT-VALUE}.",
            defaultValue = "${env:PICKET_CONFIG:-/etc/picket/picket.yml}")
    private Path file = Path.of("/etc/picket/picket.yml");

    /** What files and environment say. */
    PicketConfig load() throws ConfigException {
        return source().own();
    }

    boolean isThere() {
        return Files.exists(file);
    }

    ConfigSource source() {
        return new ConfigSource(file, System.getenv());
    }
}
