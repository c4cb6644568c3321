package dev.picket.models.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.models.RefusedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A .safetensors file, mapped, so that a checkpoint larger than the memory is read a few rows at a time.
 *
 * <pre>
 *   8 bytes   length of the header, little endian, at most {@value #MAX_HEADER_BYTES}
 *   header    JSON: {"name": {"dtype": "F32", "shape": [out, in], "data_offsets": [begin, end]}, ...}
 *   data      offsets count from here
 * </pre>
 */
public final class Checkpoint implements AutoCloseable {
    private static final int MAX_HEADER_BYTES = 64 << 20;
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Arena arena;
    private final Map<String, Stored> tensors;

    private record Stored(String type, long[] shape, MemorySegment bytes) {}

    private Checkpoint(Path file, Arena arena, Map<String, Stored> tensors) {
        this.file = file;
        this.arena = arena;
        this.tensors = tensors;
    }

    /** @throws RefusedException when the file is not what it should be; every offset is checked here, not later */
    public static Checkpoint open(Path file) throws IOException, RefusedException {
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            Checkpoint checkpoint = new Checkpoint(file, arena, read(file, all));
            opened = true;
            return checkpoint;
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    private static Map<String, Stored> read(Path file, MemorySegment all) throws RefusedException {
        long length = all.byteSize() < Long.BYTES ? -1 : all.get(LONG, 0);
        if (length < 2 || length > MAX_HEADER_BYTES || length > all.byteSize() - Long.BYTES) {
            throw new RefusedException(file + " is not a .safetensors file: its header's length is wrong.");
        }
        byte[] header = all.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        MemorySegment data = all.asSlice(Long.BYTES + length);
        Map<String, Stored> found = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, JsonNode> each : new ObjectMapper()
                    .readTree(new String(header, StandardCharsets.UTF_8))
                    .properties()) {
                if (!each.getKey().equals("__metadata__")) {
                    found.put(each.getKey(), stored(file, each.getKey(), each.getValue(), data));
                }
            }
        } catch (JsonProcessingException e) {
            throw new RefusedException(file + " is not a .safetensors file: its header is not JSON.");
        }
        return found;
    }

    private static Stored stored(Path file, String name, JsonNode entry, MemorySegment data) throws RefusedException {
        long begin = entry.path("data_offsets").path(0).asLong(-1);
        long end = entry.path("data_offsets").path(1).asLong(-1);
        String type = entry.path("dtype").asText();
        long[] shape = new long[entry.path("shape").size()];
        boolean sound = begin >= 0 && end >= begin && end <= data.byteSize() && shape.length <= 8;
        long elements = 1;
        for (int i = 0; sound && i < shape.length; i++) {
            shape[i] = entry.path("shape").path(i).asLong(-1);
            sound = shape[i] >= 0 && (shape[i] == 0 || elements <= data.byteSize() / shape[i]);
            elements *= shape[i];
        }
        long width = type.equals("F32") ? 4 : 2;
        if (!sound || elements * width != end - begin) {
            throw new RefusedException(file + " says of " + name + " what cannot be: type " + type
                    + ", shape and offsets do not agree with the file.");
        }
        return new Stored(type, shape, data.asSlice(begin, end - begin));
    }

    public Set<String> names() {
        return tensors.keySet();
    }

    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** The shape of a tensor that is there. */
    public long[] shape(String name) throws RefusedException {
        return stored(name).shape().clone();
    }

    /** Refuses a tensor that is missing or has another shape. */
    public void expect(String name, long... shape) throws RefusedException {
        long[] there = stored(name).shape();
        if (!java.util.Arrays.equals(there, shape)) {
            throw new RefusedException(name + " in " + file + " has the shape " + java.util.Arrays.toString(there)
                    + ", the configuration asks for " + java.util.Arrays.toString(shape) + ".");
        }
    }

    /** Values of F32, F16 or BF16, as float, from the given element on; infinities and NaN are refused. */
    public float[] floats(String name, long from, int count) throws RefusedException {
        Stored stored = stored(name);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = value(stored, from + i);
            if (!Float.isFinite(values[i])) {
                throw new RefusedException(name + " in " + file + " holds a value that is not finite, at " + (from + i)
                        + "; such a model cannot be used.");
            }
        }
        return values;
    }

    /** A whole tensor. */
    public float[] floats(String name) throws RefusedException {
        long elements = 1;
        for (long dim : stored(name).shape()) {
            elements *= dim;
        }
        return floats(name, 0, Math.toIntExact(elements));
    }

    private float value(Stored stored, long at) throws RefusedException {
        return switch (stored.type()) {
            case "F32" -> stored.bytes().get(FLOAT, at * 4);
            case "F16" -> Float.float16ToFloat(stored.bytes().get(SHORT, at * 2));
            case "BF16" -> Float.intBitsToFloat(stored.bytes().get(SHORT, at * 2) << 16);
            default ->
                throw new RefusedException(
                        file + " stores " + stored.type() + "; save the checkpoint as F32, F16 or BF16.");
        };
    }

    private Stored stored(String name) throws RefusedException {
        Stored stored = tensors.get(name);
        if (stored == null) {
            throw new RefusedException(file + " has no tensor " + name + ".");
        }
        return stored;
    }

    @Override
    public void close() {
        arena.close();
    }
}
