package dev.picket.models.wrap;

import dev.picket.models.onnx.Attribute;
import dev.picket.models.onnx.ElementType;
import dev.picket.models.onnx.OnnxGraph;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;

/** {@link SmallModel} as the graphs that GenAI's builder and HF Optimum make of such models, with knobs. */
final class SmallGraph {
    /** What the graph gives. */
    enum Gives {
        LOGITS,
        LAST_LOGITS,
        KEPT_LOGITS,
        HIDDEN,
        CLASSES
    }

    /** How it attends. */
    enum Attention {
        STANDARD,
        GROUP_QUERY
    }

    private final SmallModel model;
    private final OnnxGraph graph = new OnnxGraph("small");

    Gives gives = Gives.LOGITS;
    Attention attention = Attention.STANDARD;
    boolean causal = true;
    boolean keeps = true;
    boolean positionIds = true;
    boolean tokenTypes;
    ElementType ids = ElementType.INT64;
    ElementType keyValues = ElementType.FLOAT;
    ElementType outputs = ElementType.FLOAT;
    Object batch = "batch_size";
    Object length = "sequence_length";
    String pastKey = "past_key_values.%d.key";
    String presentKey = "present.%d.key";
    String extra = "";
    /** A fault: the past is taken, but forgotten. */
    boolean forgetful;

    SmallGraph(SmallModel model) {
        this.model = model;
    }

    byte[] bytes() throws IOException {
        graph.input("input_ids", ids, batch, length);
        graph.input("attention_mask", ids, batch, "total_sequence_length");
        if (!extra.isEmpty()) {
            graph.input(extra, ElementType.BOOL, 1);
        }
        embedded();
        String x = "x0";
        for (int layer = 0; layer < SmallModel.LAYERS; layer++) {
            x = layer(layer, x);
        }
        answer(x);
        return graph.bytes();
    }

    private void embedded() throws IOException {
        constant("embedding", model.embedding, SmallModel.VOCABULARY, SmallModel.HIDDEN);
        constant("positions", model.positions, SmallModel.CONTEXT, SmallModel.HIDDEN);
        node("Gather", List.of("embedding", "input_ids"), "embedded");
        whole("one", 1);
        whole("zero", 0);
        scalar("start0", 0);
        scalar("step1", 1);
        shape("attention_mask", "total");
        shape("input_ids", "new");
        node("Sub", List.of("total", "new"), "past");
        node("Range", List.of("past", "total", "step1"), "rows");
        node("Range", List.of("start0", "total", "step1"), "columns");
        if (positionIds) {
            graph.input("position_ids", ElementType.INT64, batch, length);
            node("Gather", List.of("positions", "position_ids"), "placed");
        } else {
            node("Gather", List.of("positions", "rows"), "placed");
        }
        String typed = "embedded";
        if (tokenTypes) {
            graph.input("token_type_ids", ElementType.INT64, batch, length);
            constant("types", model.types, 2, SmallModel.HIDDEN);
            node("Gather", List.of("types", "token_type_ids"), "typed");
            node("Add", List.of("embedded", "typed"), "embedded.typed");
            typed = "embedded.typed";
        }
        node("Add", List.of(typed, "placed"), "x0");
        if (attention == Attention.GROUP_QUERY) {
            node("Cast", List.of("total"), "total.32", Attribute.of("to", 6));
            node("ReduceSum", List.of("attention_mask", "one"), "counted", Attribute.of("keepdims", 0));
            node("Sub", List.of("counted", "one"), "counted.last");
            node("Cast", List.of("counted.last"), "seqlens", Attribute.of("to", 6));
        }
        node("Unsqueeze", List.of("rows", "one"), "rows.column");
        node("LessOrEqual", List.of("columns", "rows.column"), "seen");
        constant("open", new float[] {0}, 1);
        constant("shut", new float[] {-1e9f}, 1);
        node("Where", List.of("seen", "open", "shut"), "bias");
    }

    /** The second dimension as a scalar. */
    private void shape(String of, String to) throws IOException {
        node("Shape", List.of(of), to + ".shape", Attribute.of("start", 1));
        node("Squeeze", List.of(to + ".shape"), to);
    }

    private String layer(int layer, String x) throws IOException {
        String at = "layer" + layer;
        matrix(at + ".q", x, model.query[layer], SmallModel.HIDDEN, SmallModel.HEAD);
        matrix(at + ".k", x, model.key[layer], SmallModel.HIDDEN, SmallModel.HEAD);
        matrix(at + ".v", x, model.value[layer], SmallModel.HIDDEN, SmallModel.HEAD);
        if (keeps) {
            declareKept(layer);
        }
        if (attention == Attention.GROUP_QUERY) {
            graph.node(
                    OnnxGraph.MICROSOFT,
                    "GroupQueryAttention",
                    List.of(
                            at + ".q",
                            at + ".k",
                            at + ".v",
                            past(layer, true),
                            past(layer, false),
                            "seqlens",
                            "total.32"),
                    List.of(at + ".mixed", present(layer, true), present(layer, false)),
                    Attribute.of("num_heads", 1),
                    Attribute.of("kv_num_heads", 1));
        } else {
            attend(layer, at);
        }
        matrix(at + ".o", at + ".mixed", model.out[layer], SmallModel.HEAD, SmallModel.HIDDEN);
        node("Add", List.of(x, at + ".o"), "x" + (layer + 1));
        return "x" + (layer + 1);
    }

    private void declareKept(int layer) throws IOException {
        for (boolean key : new boolean[] {true, false}) {
            graph.input(past(layer, key), keyValues, batch, 1, "past_sequence_length", SmallModel.HEAD);
            graph.output(present(layer, key), keyValues, batch, 1, "total_sequence_length", SmallModel.HEAD);
        }
    }

    private void attend(int layer, String at) throws IOException {
        String keys = kept(layer, at + ".k", true);
        String values = kept(layer, at + ".v", false);
        node("Transpose", List.of(keys), at + ".keys.turned");
        node("Squeeze", List.of(at + ".q", "zero"), at + ".q2");
        node("MatMul", List.of(at + ".q2", at + ".keys.turned"), at + ".scores");
        constant(at + ".scale", new float[] {(float) (1 / Math.sqrt(SmallModel.HEAD))}, 1);
        node("Mul", List.of(at + ".scores", at + ".scale"), at + ".scaled");
        String masked = at + ".scaled";
        if (causal) {
            node("Add", List.of(at + ".scaled", "bias"), at + ".masked");
            masked = at + ".masked";
        }
        node("Softmax", List.of(masked), at + ".weights", Attribute.of("axis", -1));
        node("MatMul", List.of(at + ".weights", values), at + ".mixed2");
        node("Unsqueeze", List.of(at + ".mixed2", "zero"), at + ".mixed");
    }

    /** [total, head] of the past and what is new. */
    private String kept(int layer, String fresh, boolean key) throws IOException {
        node("Unsqueeze", List.of(fresh, "one"), fresh + ".4");
        String whole = fresh + ".4";
        if (keeps) {
            String past = past(layer, key);
            node("Cast", List.of(past), fresh + ".past", Attribute.of("to", 1));
            String taken = fresh + ".past";
            if (forgetful) {
                constant(fresh + ".nothing", new float[] {0}, 1);
                node("Mul", List.of(taken, fresh + ".nothing"), fresh + ".forgotten");
                taken = fresh + ".forgotten";
            }
            node("Concat", List.of(taken, whole), fresh + ".all", Attribute.of("axis", 2));
            whole = fresh + ".all";
            node("Cast", List.of(whole), present(layer, key), Attribute.of("to", code(keyValues)));
        }
        whole(fresh + ".axes", 0, 1);
        node("Squeeze", List.of(whole, fresh + ".axes"), fresh + ".flat");
        return fresh + ".flat";
    }

    private void answer(String x) throws IOException {
        switch (gives) {
            case LOGITS -> logits(x, length);
            case LAST_LOGITS -> {
                whole("last.place", -1);
                node("Gather", List.of(x, "last.place"), "last.row", Attribute.of("axis", 1));
                logits("last.row", 1);
            }
            case KEPT_LOGITS -> {
                graph.input("num_logits_to_keep", ElementType.INT64);
                node("Neg", List.of("num_logits_to_keep"), "kept.back");
                node("Unsqueeze", List.of("kept.back", "zero"), "kept.from");
                whole("kept.end", Long.MAX_VALUE);
                node("Slice", List.of(x, "kept.from", "kept.end", "one"), "kept.rows");
                logits("kept.rows", "kept");
            }
            case HIDDEN -> {
                node("Cast", List.of(x), "last_hidden_state", Attribute.of("to", code(outputs)));
                graph.output("last_hidden_state", outputs, batch, length, SmallModel.HIDDEN);
            }
            case CLASSES -> {
                scalar("class.place", causal ? -1 : 0);
                node("Gather", List.of(x, "class.place"), "class.row", Attribute.of("axis", 1));
                matrix("classes", "class.row", model.classes, SmallModel.HIDDEN, SmallModel.LABELS);
                node("Cast", List.of("classes"), "logits", Attribute.of("to", code(outputs)));
                graph.output("logits", outputs, batch, SmallModel.LABELS);
            }
        }
    }

    private void logits(String x, Object rows) throws IOException {
        matrix("logits.full", x, model.logits, SmallModel.HIDDEN, SmallModel.VOCABULARY);
        node("Cast", List.of("logits.full"), "logits", Attribute.of("to", code(outputs)));
        graph.output("logits", outputs, batch, rows, SmallModel.VOCABULARY);
    }

    private static int code(ElementType type) {
        return type == ElementType.FLOAT16 ? 10 : 1;
    }

    private String past(int layer, boolean key) {
        return layered(pastKey, layer, key);
    }

    private String present(int layer, boolean key) {
        return layered(presentKey, layer, key);
    }

    private static String layered(String pattern, int layer, boolean key) {
        String value = pattern.endsWith(".key")
                ? pattern.substring(0, pattern.length() - 3) + "value"
                : pattern.replace("_key_", "_value_");
        return String.format(Locale.ROOT, key ? pattern : value, layer);
    }

    private void matrix(String name, String in, float[] weight, int inputs, int outs) throws IOException {
        constant(name + ".weight", weight, inputs, outs);
        node("MatMul", List.of(in, name + ".weight"), name);
    }

    private void constant(String name, float[] values, long... dims) throws IOException {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        graph.constant(name, ElementType.FLOAT, raw.array(), dims);
    }

    private void whole(String name, long... values) throws IOException {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        graph.constant(name, ElementType.INT64, raw.array(), values.length);
    }

    private void scalar(String name, long value) throws IOException {
        byte[] raw = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        graph.constant(name, ElementType.INT64, raw);
    }

    private void node(String operator, List<String> in, String out, Attribute... attributes) throws IOException {
        graph.node(OnnxGraph.STANDARD, operator, in, List.of(out), attributes);
    }
}
