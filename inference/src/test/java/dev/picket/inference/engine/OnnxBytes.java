package dev.picket.inference.engine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes just enough protobuf for a test's ONNX graph, so that no binary fixture is kept in the tree. */
final class OnnxBytes {
    static final int FLOAT = 1;
    static final int INT64 = 7;
    static final int INT32 = 6;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    OnnxBytes number(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    OnnxBytes real(int field, float value) {
        varint((long) field << 3 | 5);
        raw(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .array());
        return this;
    }

    OnnxBytes text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    OnnxBytes message(int field, OnnxBytes value) {
        return bytes(field, value.toBytes());
    }

    OnnxBytes bytes(int field, byte[] value) {
        varint((long) field << 3 | 2);
        varint(value.length);
        raw(value);
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    private void raw(byte[] bytes) {
        out.write(bytes, 0, bytes.length);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /** A graph's input or output; a dimension is a Long or a name. */
    static OnnxBytes value(String name, int type, List<?> dims) {
        OnnxBytes shape = new OnnxBytes();
        for (Object dim : dims) {
            shape.message(
                    1,
                    dim instanceof Long fixed
                            ? new OnnxBytes().number(1, fixed)
                            : new OnnxBytes().text(2, dim.toString()));
        }
        OnnxBytes tensor = new OnnxBytes().number(1, type).message(2, shape);
        return new OnnxBytes().text(1, name).message(2, new OnnxBytes().message(1, tensor));
    }

    static OnnxBytes floats(String name, List<Long> dims, float[] values) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return tensor(name, FLOAT, dims, raw.array());
    }

    static OnnxBytes longs(String name, List<Long> dims, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        return tensor(name, INT64, dims, raw.array());
    }

    private static OnnxBytes tensor(String name, int type, List<Long> dims, byte[] raw) {
        OnnxBytes tensor = new OnnxBytes();
        dims.forEach(dim -> tensor.number(1, dim));
        return tensor.number(2, type).text(8, name).bytes(9, raw);
    }

    static OnnxBytes node(
            String domain, String type, List<String> inputs, List<String> outputs, OnnxBytes... attributes) {
        OnnxBytes node = new OnnxBytes();
        inputs.forEach(input -> node.text(1, input));
        outputs.forEach(output -> node.text(2, output));
        node.text(3, outputs.getFirst()).text(4, type);
        for (OnnxBytes attribute : attributes) {
            node.message(5, attribute);
        }
        return node.text(7, domain);
    }

    static OnnxBytes whole(String name, long value) {
        return new OnnxBytes().text(1, name).number(3, value).number(20, 2);
    }

    static OnnxBytes fraction(String name, float value) {
        return new OnnxBytes().text(1, name).real(2, value).number(20, 1);
    }
}
