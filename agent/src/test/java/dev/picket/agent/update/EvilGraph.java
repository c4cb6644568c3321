package dev.picket.agent.update;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Endless loops as bytes of ONNX (protobuf, onnx.proto3). Bytes that follow a model are merged into it: another field
 * "graph" adds its nodes, which run with the others although nobody reads what they make.
 */
final class EvilGraph {
    private static final int GRAPH = 7;
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int BOOL = 9;
    private static final int ATTRIBUTE_GRAPH = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private EvilGraph() {}

    /** A loop that never ends and takes no memory. */
    static byte[] hangs(byte[] model) {
        return loop(model, false);
    }

    /** A loop that keeps 4 MiB a turn. */
    static byte[] allocates(byte[] model) {
        return loop(model, true);
    }

    private static byte[] loop(byte[] model, boolean keeping) {
        EvilGraph body = new EvilGraph();
        body.message(1, node("Identity", "evil_go_in", "evil_go_out"));
        body.message(1, node("Identity", "evil_state_in", "evil_state_out"));
        if (keeping) {
            EvilGraph fill = node("ConstantOfShape", "evil_shape", "evil_block");
            body.message(1, fill);
        }
        body.text(2, "evil_body");
        body.message(11, value("evil_turn", INT64));
        body.message(11, value("evil_go_in", BOOL));
        body.message(11, value("evil_state_in", INT64));
        body.message(12, value("evil_go_out", BOOL));
        body.message(12, value("evil_state_out", INT64));
        if (keeping) {
            body.message(12, value("evil_block", FLOAT));
        }
        EvilGraph attribute = new EvilGraph().text(1, "body").message(6, body).number(20, ATTRIBUTE_GRAPH);
        EvilGraph loop = new EvilGraph()
                .text(1, "evil_turns")
                .text(1, "evil_go")
                .text(1, "evil_turns")
                .text(2, "evil_state");
        if (keeping) {
            loop.text(2, "evil_blocks");
        }
        loop.text(3, "evil_loop").text(4, "Loop").message(5, attribute);
        EvilGraph graph = new EvilGraph()
                .message(1, loop)
                .message(5, longs("evil_turns", new long[0], Long.MAX_VALUE))
                .message(5, new EvilGraph().number(2, BOOL).number(5, 1).text(8, "evil_go"))
                .message(5, longs("evil_shape", new long[] {1}, 1 << 20));
        return new EvilGraph().raw(model).message(GRAPH, graph).out.toByteArray();
    }

    private static EvilGraph node(String type, String input, String output) {
        return new EvilGraph().text(1, input).text(2, output).text(4, type);
    }

    private static EvilGraph value(String name, int type) {
        EvilGraph tensor = new EvilGraph().number(1, type);
        if (type != FLOAT) {
            // A scalar: a shape without dimensions.
            tensor.message(2, new EvilGraph());
        }
        return new EvilGraph().text(1, name).message(2, new EvilGraph().message(1, tensor));
    }

    private static EvilGraph longs(String name, long[] dimensions, long value) {
        EvilGraph tensor = new EvilGraph();
        for (long each : dimensions) {
            tensor.number(1, each);
        }
        byte[] raw = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        return tensor.number(2, INT64).text(8, name).bytes(9, raw);
    }

    private EvilGraph message(int field, EvilGraph value) {
        return bytes(field, value.out.toByteArray());
    }

    private EvilGraph text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    private EvilGraph bytes(int field, byte[] value) {
        varint((long) field << 3 | 2);
        varint(value.length);
        return raw(value);
    }

    private EvilGraph number(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    private EvilGraph raw(byte[] bytes) {
        out.write(bytes, 0, bytes.length);
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
