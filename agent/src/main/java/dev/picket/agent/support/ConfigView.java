package dev.picket.agent.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.Keys;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A configuration as its files have it, without what others may not see: names of files stay, what is in them is not read. */
final class ConfigView {
    static final String HIDDEN = "(hidden)";
    private static final Pattern SECRET = Pattern.compile("password|passphrase|secret|token|credential|(^|-)pin($|-)");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ConfigView() {}

    static ObjectNode of(Record config) {
        ObjectNode tree = JSON.objectNode();
        for (RecordComponent component : config.getClass().getRecordComponents()) {
            String key = Keys.inFile(component.getName());
            tree.set(key, value(key, read(component, config)));
        }
        return tree;
    }

    private static JsonNode value(String key, @Nullable Object value) {
        return switch (value) {
            case null -> JSON.nullNode();
            case Record section -> of(section);
            case List<?> list -> {
                ArrayNode array = JSON.arrayNode();
                list.forEach(each -> array.add(value(key, each)));
                yield array;
            }
            case Map<?, ?> map -> {
                ObjectNode section = JSON.objectNode();
                map.forEach((name, each) -> section.set(String.valueOf(name), value(String.valueOf(name), each)));
                yield section;
            }
            case Path file -> JSON.textNode(file.toString());
            case Object other
            when !key.endsWith("-file") && SECRET.matcher(key).find() ->
                JSON.textNode(other.toString().isEmpty() ? "" : HIDDEN);
            case URI uri -> JSON.textNode(masked(uri));
            case Boolean flag -> JSON.booleanNode(flag);
            case Long number -> JSON.numberNode(number);
            case Integer number -> JSON.numberNode(number);
            case Enum<?> constant ->
                JSON.textNode(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            case Object other -> JSON.textNode(other.toString());
        };
    }

    /** Without user and password, and without a query, which may be a signature. */
    private static String masked(URI uri) {
        String text = uri.toString();
        String user = uri.getRawUserInfo();
        if (user != null) {
            text = text.replace(user + "@", HIDDEN + "@");
        }
        String query = uri.getRawQuery();
        return query == null ? text : text.replace("?" + query, "?" + HIDDEN);
    }

    private static @Nullable Object read(RecordComponent component, Record config) {
        try {
            return component.getAccessor().invoke(config);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("record " + config.getClass() + " cannot be read", e);
        }
    }
}
