package dev.picket.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** JSON with some of its values put out, doubled, or in place of others: still JSON, but not what it was. */
public final class JsonDamage {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonDamage() {}

    /** The same for the same seed. */
    public static byte[] of(byte[] json, long seed) throws IOException {
        Random random = new Random(seed);
        JsonNode top = JSON.readTree(json);
        for (int i = 0; i <= random.nextInt(3); i++) {
            damage(top, random);
        }
        return JSON.writeValueAsBytes(top);
    }

    private static void damage(JsonNode top, Random random) {
        List<JsonNode> containers = new ArrayList<>();
        collect(top, containers);
        JsonNode at = containers.get(random.nextInt(containers.size()));
        switch (at) {
            case ObjectNode object when !object.isEmpty() -> object(object, random);
            case ArrayNode array when !array.isEmpty() -> array(array, random);
            default -> {}
        }
    }

    /** A vocabulary of thousands would draw all the damage, so at most a few of a container's children count. */
    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
            int left = 8;
            for (JsonNode child : node) {
                if (left-- > 0) {
                    collect(child, containers);
                }
            }
        }
    }

    private static void object(ObjectNode object, Random random) {
        List<String> keys = object.properties().stream().map(Map.Entry::getKey).toList();
        String key = keys.get(random.nextInt(keys.size()));
        switch (random.nextInt(5)) {
            case 0 -> object.remove(key);
            case 1 -> object.set(key + "x", object.remove(key));
            case 2 -> object.set(key, object.get(keys.get(random.nextInt(keys.size()))));
            default -> object.set(key, odd(random));
        }
    }

    private static void array(ArrayNode array, Random random) {
        int at = random.nextInt(array.size());
        switch (random.nextInt(4)) {
            case 0 -> array.remove(at);
            case 1 -> array.add(array.get(at));
            case 2 -> array.removeAll();
            default -> array.set(at, odd(random));
        }
    }

    private static JsonNode odd(Random random) {
        return switch (random.nextInt(13)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.numberNode(-1);
            case 2 -> NODES.numberNode(Long.MAX_VALUE);
            case 3 -> NODES.numberNode(1e308);
            case 4 -> NODES.numberNode(0.5);
            case 5 -> NODES.textNode("");
            case 6 -> NODES.textNode("x".repeat(70_000));
            case 7 -> NODES.textNode("\u0000\u001b</s>{\"a\":1}");
            case 8 -> NODES.arrayNode();
            case 9 -> NODES.objectNode();
            case 10 -> NODES.booleanNode(random.nextBoolean());
            case 11 -> NODES.arrayNode().add(NODES.arrayNode().add(1)).add("a");
            default -> NODES.numberNode(0);
        };
    }
}
