package dev.picket.agent.uplink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** docs/asyncapi.yaml with the schemas that it names: which message of which channel something on the wire is. */
public final class Contract {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path DOCS = Path.of(System.getProperty("picket.root"), "docs");

    private final JsonNode document;
    private final JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private final SchemaValidatorsConfig config =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    private final Map<String, JsonSchema> schemas = new HashMap<>();

    public Contract() throws IOException {
        document = new ObjectMapper(new YAMLFactory())
                .readTree(DOCS.resolve("asyncapi.yaml").toFile());
    }

    JsonNode document() {
        return document;
    }

    /** All that may be said, as {@code channel/message}. */
    Set<String> messages() {
        Set<String> all = new TreeSet<>();
        document.path("channels")
                .properties()
                .forEach(channel -> channel.getValue()
                        .path("messages")
                        .fieldNames()
                        .forEachRemaining(message -> all.add(channel.getKey() + "/" + message)));
        return all;
    }

    /** The messages that it fits, and why it does not fit the others of its topic. */
    public record Fits(List<String> fitting, List<String> why) {}

    public Fits fits(Subscriber.Got got) {
        List<String> fitting = new ArrayList<>();
        List<String> why = new ArrayList<>();
        for (Map.Entry<String, JsonNode> channel : document.path("channels").properties()) {
            String pattern = channel.getValue().path("address").asText().replaceAll("\\{\\w+}", "[^/]+");
            if (got.topic().matches(pattern)) {
                for (Map.Entry<String, JsonNode> each :
                        channel.getValue().path("messages").properties()) {
                    String name = channel.getKey() + "/" + each.getKey();
                    List<String> faults = faults(resolved(each.getValue()), got);
                    (faults.isEmpty() ? fitting : why).add(name + (faults.isEmpty() ? "" : ": " + faults));
                }
            }
        }
        return new Fits(fitting, why);
    }

    private List<String> faults(JsonNode message, Subscriber.Got got) {
        List<String> faults = new ArrayList<>();
        JsonNode headers = JSON.valueToTree(got.properties());
        if (message.has("headers")) {
            faults.addAll(faults(message.path("headers").path("$ref").asText(), headers));
        } else if (!headers.isEmpty()) {
            faults.add("it has user properties: " + headers);
        }
        faults.addAll(faults(message.path("payload").path("$ref").asText(), payload(got)));
        return faults;
    }

    /** What is wrong with a value by a schema such as {@code schemas/verdict.json}. */
    List<String> faults(String reference, JsonNode value) {
        JsonSchema schema = schemas.computeIfAbsent(
                reference, each -> factory.getSchema(SchemaLocation.of(DOCS.toUri() + each), config));
        return schema.validate(value).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }

    /** No payload is null; what is no JSON is a text. */
    static JsonNode payload(Subscriber.Got got) {
        if (got.payload().length == 0) {
            return NullNode.getInstance();
        }
        try {
            return JSON.readTree(got.payload());
        } catch (IOException e) {
            return new TextNode(got.text());
        }
    }

    JsonNode resolved(JsonNode value) {
        String reference = value.path("$ref").asText();
        return reference.startsWith("#") ? document.at(reference.substring(1)) : value;
    }
}
