package dev.picket.agent.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns a tree into a record, collecting every fault on the way instead of stopping at the first. */
final class Binder {
    private static final int MAX_ENTRIES = 1_000;

    private final Function<String, String> whereIs;
    private final List<Fault> faults = new ArrayList<>();

    /**
     * @param whereIs from a key to the file or variable that named it
     */
    Binder(Function<String, String> whereIs) {
        this.whereIs = whereIs;
    }

    List<Fault> faults() {
        return faults;
    }

    /** The record, or null where a fault below it made it impossible. */
    <T extends Record> @Nullable T bind(Class<T> type, JsonNode tree, String key) {
        if (!tree.isObject()) {
            fault(key, "must be a section with keys below it, not " + tree.getNodeType());
            return null;
        }
        reportUnknown(type, tree, key);
        RecordComponent[] components = type.getRecordComponents();
        @Nullable Object[] values = new Object[components.length];
        int faultsBefore = faults.size();
        for (int i = 0; i < components.length; i++) {
            values[i] = component(components[i], tree, key);
        }
        return faults.size() > faultsBefore ? null : construct(type, components, values, key);
    }

    private void reportUnknown(Class<?> type, JsonNode tree, String key) {
        List<String> known = Arrays.stream(type.getRecordComponents())
                .map(component -> Keys.inFile(component.getName()))
                .toList();
        tree.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                String hint = Keys.nearest(name, known)
                        .map(near -> "did you mean '" + join(key, near) + "'?")
                        .orElse("known here: " + String.join(", ", known));
                fault(join(key, name), "there is no such key; " + hint);
            }
        });
    }

    private @Nullable Object component(RecordComponent component, JsonNode tree, String parent) {
        String key = join(parent, Keys.inFile(component.getName()));
        JsonNode node = tree.path(Keys.inFile(component.getName()));
        boolean absent = node.isMissingNode() || node.isNull();
        Type type = component.getGenericType();
        if (type instanceof Class<?> raw && raw.isRecord()) {
            if (absent && isNullable(component)) {
                return null;
            }
            return bind(raw.asSubclass(Record.class), absent ? JsonNodeFactory.instance.objectNode() : node, key);
        }
        if (!(type instanceof Class<?> scalar)) {
            return Keys.isMap(type) ? map(component, node, key) : list(component, node, key);
        }
        if (!absent) {
            return scalar(component, scalar, node, key);
        }
        Default preset = component.getAnnotation(Default.class);
        if (preset != null) {
            return Scalars.read(scalar, component.getName(), preset.value());
        }
        if (!isNullable(component)) {
            fault(key, "is missing and has no default; set it");
        }
        return null;
    }

    private @Nullable Object scalar(RecordComponent component, Class<?> type, JsonNode node, String key) {
        if (!node.isValueNode()) {
            fault(key, "must be a single value");
            return null;
        }
        try {
            Object value = Scalars.read(type, component.getName(), node.asText());
            checkRange(component, value);
            return value;
        } catch (IllegalArgumentException | ArithmeticException e) {
            fault(key, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static void checkRange(RecordComponent component, Object value) {
        Range range = component.getAnnotation(Range.class);
        if (range == null) {
            return;
        }
        if (value instanceof Double real) {
            if (real < range.min() || real > range.max()) {
                throw new IllegalArgumentException(real + " is outside " + range.min() + " to " + range.max());
            }
            return;
        }
        long number = value instanceof Duration duration ? duration.toMillis() : ((Number) value).longValue();
        if (number < range.min() || number > range.max()) {
            String unit = value instanceof Duration ? " ms" : "";
            throw new IllegalArgumentException(
                    number + unit + " is outside " + range.min() + " to " + range.max() + unit);
        }
    }

    private List<Object> list(RecordComponent component, JsonNode node, String key) {
        List<Object> values = new ArrayList<>();
        if (node.isMissingNode() || node.isNull()) {
            return values;
        }
        if (!node.isArray() || node.size() > MAX_ENTRIES) {
            fault(key, "must be a list of at most " + MAX_ENTRIES + " entries");
            return values;
        }
        for (int i = 0; i < node.size(); i++) {
            Object value = element(component, node.path(i), key + "[" + i + "]");
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    private Map<String, Object> map(RecordComponent component, JsonNode node, String key) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (node.isMissingNode() || node.isNull()) {
            return values;
        }
        if (!node.isObject() || node.size() > MAX_ENTRIES) {
            fault(key, "must be a section of at most " + MAX_ENTRIES + " entries");
            return values;
        }
        node.fieldNames().forEachRemaining(name -> {
            Object value = element(component, node.path(name), join(key, name));
            if (value != null) {
                values.put(name, value);
            }
        });
        return values;
    }

    private @Nullable Object element(RecordComponent component, JsonNode node, String key) {
        Class<?> element = (Class<?>) Keys.elementOf(component.getGenericType());
        return element.isRecord()
                ? bind(element.asSubclass(Record.class), inFull(element, node), key)
                : scalar(component, element, node, key);
    }

    private static JsonNode inFull(Class<?> element, JsonNode node) {
        boolean isShort = node.isValueNode() && !node.isNull() && element.isAnnotationPresent(ShortForm.class);
        String first = Keys.inFile(element.getRecordComponents()[0].getName());
        return isShort ? JsonNodeFactory.instance.objectNode().set(first, node) : node;
    }

    private <T> @Nullable T construct(
            Class<T> type, RecordComponent[] components, @Nullable Object[] values, String key) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            fault(key, String.valueOf(cause.getMessage()));
            return null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("record " + type + " cannot be made", e);
        }
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private void fault(String key, String sentence) {
        faults.add(new Fault(key, whereIs.apply(key), sentence));
    }

    private static String join(String parent, String name) {
        return parent.isEmpty() ? name : parent + "." + name;
    }
}
