package dev.picket.agent.overlay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.Keys;
import dev.picket.agent.config.PicketConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the configuration of this gateway is read from: its files and its environment, with an overlay between. */
public final class ConfigSource {
    /** What a fault names that an overlay has brought. */
    static final String ORIGIN = "sent by configure";

    private final Path file;
    private final Map<String, String> environment;

    /**
     * @param file the main file
     * @param environment of the process
     */
    public ConfigSource(Path file, Map<String, String> environment) {
        this.file = file;
        this.environment = Map.copyOf(environment);
    }

    /** What the gateway itself says, read anew. */
    public PicketConfig own() throws ConfigException {
        return ConfigLoader.load(file, environment);
    }

    PicketConfig with(ObjectNode overlay) throws ConfigException {
        return ConfigLoader.load(file, environment, overlay, ORIGIN);
    }

    /** The variable of the environment that rules a key here. */
    Optional<String> variable(String key) {
        return Optional.of(Keys.inEnvironment(key)).filter(environment::containsKey);
    }
}
