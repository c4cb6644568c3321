package dev.picket.agent.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads the configuration: the main file, then {@code conf.d/*.yml} beside it in the order of their names, then what the
 * console has sent, then the environment; what comes later wins, key by key. A list is replaced whole.
 */
public final class ConfigLoader {
    private static final long MAX_FILE_BYTES = 1 << 20;
    private static final int MAX_FILES = 100;
    /** Read by the launcher, by other commands and by the tests; no keys. */
    private static final Set<String> NOT_KEYS = Set.of(
            "PICKET_JAVA_HOME",
            "PICKET_CONFIG",
            "PICKET_DATA",
            "PICKET_ROOT",
            "PICKET_JAVA_OPTS",
            "PICKET_RELEASE_PASSPHRASE",
            "PICKET_COMMAND_PASSPHRASE",
            "PICKET_BROKER");

    private final ObjectMapper yaml =
            new ObjectMapper(new YAMLFactory()).enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private final Map<String, String> origins = new HashMap<>();
    private final List<Fault> faults = new ArrayList<>();

    private ConfigLoader() {}

    /**
     * @param file the main file, which must be there
     * @param environment the process's environment
     * @throws ConfigException with every fault found
     */
    public static PicketConfig load(Path file, Map<String, String> environment) throws ConfigException {
        return load(file, environment, new ObjectMapper().createObjectNode(), "");
    }

    /**
     * The same with an overlay between the files and the environment.
     *
     * @param origin what a fault in the overlay names
     */
    public static PicketConfig load(Path file, Map<String, String> environment, ObjectNode overlay, String origin)
            throws ConfigException {
        return new ConfigLoader().read(file, environment, overlay, origin);
    }

    /** A section as it is where no file says anything; for sections all of whose keys have a default. */
    public static <T extends Record> T defaults(Class<T> section) {
        Binder binder = new Binder(key -> "");
        T bound = binder.bind(section, new ObjectMapper().createObjectNode(), "");
        if (bound == null) {
            throw new IllegalArgumentException(section + " has no defaults: " + binder.faults());
        }
        return bound;
    }

    /**
     * A section whose keys do not come from a file.
     *
     * @param origin what faults name
     * @throws ConfigException with every fault found
     */
    public static <T extends Record> T section(Class<T> section, ObjectNode keys, String origin)
            throws ConfigException {
        Binder binder = new Binder(_ -> origin);
        T bound = binder.bind(section, keys, "");
        if (bound == null || !binder.faults().isEmpty()) {
            throw new ConfigException(binder.faults());
        }
        return bound;
    }

    private PicketConfig read(Path file, Map<String, String> environment, ObjectNode overlay, String origin)
            throws ConfigException {
        ObjectNode tree = yaml.createObjectNode();
        for (Path each : files(file)) {
            merge(tree, parse(each), "", each.toString());
        }
        merge(tree, overlay, "", origin);
        put(tree, environment);
        Binder binder = new Binder(key -> origins.getOrDefault(key, file.toString()));
        PicketConfig config = binder.bind(PicketConfig.class, tree, "");
        faults.addAll(binder.faults());
        if (config == null || !faults.isEmpty()) {
            throw new ConfigException(faults);
        }
        return config;
    }

    private List<Path> files(Path main) {
        List<Path> files = new ArrayList<>(List.of(main));
        Path folder = main.resolveSibling("conf.d");
        if (Files.isDirectory(folder)) {
            try (Stream<Path> entries = Files.list(folder)) {
                entries.filter(entry -> entry.toString().endsWith(".yml"))
                        .sorted()
                        .limit(MAX_FILES)
                        .forEach(files::add);
            } catch (IOException e) {
                faults.add(new Fault("", folder.toString(), "the folder cannot be read: " + e.getMessage()));
            }
        }
        return files;
    }

    private JsonNode parse(Path file) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                faults.add(new Fault("", file.toString(), "the file is over " + MAX_FILE_BYTES + " bytes"));
                return yaml.createObjectNode();
            }
            JsonNode node = yaml.readTree(Files.readAllBytes(file));
            if (node.isObject() || node.isMissingNode() || node.isNull()) {
                return node;
            }
            faults.add(new Fault("", file.toString(), "the file must hold sections with keys, such as 'gateway:'"));
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            faults.add(new Fault("", file + ":" + line, "this is not YAML: " + e.getOriginalMessage()));
        } catch (java.nio.file.NoSuchFileException e) {
            faults.add(new Fault("", file.toString(), "there is no such file; name one with --config"));
        } catch (IOException e) {
            faults.add(new Fault("", file.toString(), "the file cannot be read: " + e.getMessage()));
        }
        return yaml.createObjectNode();
    }

    private void merge(ObjectNode into, JsonNode from, String prefix, String origin) {
        from.properties().forEach(field -> {
            String key = prefix.isEmpty() ? field.getKey() : prefix + "." + field.getKey();
            origins.put(key, origin);
            if (field.getValue().isObject() && into.get(field.getKey()) instanceof ObjectNode section) {
                merge(section, field.getValue(), key, origin);
            } else if (field.getValue().isObject()) {
                merge(into.putObject(field.getKey()), field.getValue(), key, origin);
            } else {
                into.set(field.getKey(), field.getValue());
            }
        });
    }

    private void put(ObjectNode tree, Map<String, String> environment) {
        Map<String, String> keyByVariable = new HashMap<>();
        for (String key : Keys.of(PicketConfig.class)) {
            if (!key.contains("[]") && !key.contains("*")) {
                keyByVariable.put(Keys.inEnvironment(key), key);
            }
        }
        environment.forEach((variable, value) -> {
            String key = keyByVariable.get(variable);
            if (key != null) {
                put(tree, key, value);
                origins.put(key, variable);
            } else if (variable.startsWith("PICKET_") && !NOT_KEYS.contains(variable)) {
                String hint = Keys.nearest(variable, keyByVariable.keySet())
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("");
                faults.add(new Fault("", variable, "this environment variable stands for no key" + hint));
            }
        });
    }

    private static void put(ObjectNode tree, String key, String value) {
        ObjectNode section = tree;
        String[] names = key.split("\\.", -1);
        for (int i = 0; i < names.length - 1; i++) {
            section = section.get(names[i]) instanceof ObjectNode there ? there : section.putObject(names[i]);
        }
        section.put(names[names.length - 1], value);
    }
}
