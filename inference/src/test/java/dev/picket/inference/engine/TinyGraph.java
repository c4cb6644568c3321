package dev.picket.inference.engine;

import static dev.picket.inference.engine.OnnxBytes.FLOAT;
import static dev.picket.inference.engine.OnnxBytes.INT64;
import static dev.picket.inference.engine.OnnxBytes.floats;
import static dev.picket.inference.engine.OnnxBytes.fraction;
import static dev.picket.inference.engine.OnnxBytes.longs;
import static dev.picket.inference.engine.OnnxBytes.node;
import static dev.picket.inference.engine.OnnxBytes.value;
import static dev.picket.inference.engine.OnnxBytes.whole;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A random two-layer decoder of the graph contract picket-1: attention with rotary positions, LoRA on q, no MLP. */
final class TinyGraph {
    static final int LAYERS = 2;
    static final long HIDDEN = 32;
    static final long HEAD = 16;
    static final int CONTEXT = 512;
    private static final String MICROSOFT = "com.microsoft";

    private final long vocabulary;
    private final int poisoned;
    private final Random random;
    private boolean everywhere;
    private boolean mute;
    private final OnnxBytes graph = new OnnxBytes();
    private final List<OnnxBytes> outputs = new ArrayList<>();

    /**
     * @param poisoned a token whose embedding is NaN
     */
    TinyGraph(long vocabulary, int poisoned) {
        this(vocabulary, poisoned, 7);
    }

    /** @param seed of the weights */
    TinyGraph(long vocabulary, int poisoned, long seed) {
        this.vocabulary = vocabulary;
        this.poisoned = poisoned;
        this.random = new Random(seed);
    }

    /** One that answers at each token and cannot be asked for less, as plain exports are. */
    TinyGraph everywhere() {
        everywhere = true;
        return this;
    }

    /** One whose logits are no numbers. */
    TinyGraph mute() {
        mute = true;
        return this;
    }

    static String module(int layer) {
        return "model.layers." + layer + ".self_attn.q_proj";
    }

    byte[] toBytes() {
        input("input_ids", INT64, List.of(1L, "s"));
        input("attention_mask", INT64, List.of(1L, "total"));
        if (!everywhere) {
            input("logit_positions", INT64, List.of("n"));
        }
        float[] embedding = random(vocabulary * HIDDEN);
        Arrays.fill(embedding, (int) (poisoned * HIDDEN), (int) ((poisoned + 1) * HIDDEN), Float.NaN);
        graph.message(5, floats("embedding", List.of(vocabulary, HIDDEN), embedding));
        lengths();
        rotary();
        add("", "Gather", List.of("embedding", "input_ids"), List.of("x0"));
        for (int layer = 0; layer < LAYERS; layer++) {
            layer(layer);
        }
        norm("x" + LAYERS, "final");
        graph.message(5, longs("zero", List.of(1L), 0));
        if (!everywhere) {
            add("", "Gather", List.of("final", "logit_positions"), List.of("rows"), whole("axis", 1));
        }
        add("", "Squeeze", List.of(everywhere ? "final" : "rows", "zero"), List.of("hidden"));
        float[] words = random(HIDDEN * vocabulary);
        if (mute) {
            Arrays.fill(words, Float.NaN);
        }
        graph.message(5, floats("lm_head", List.of(HIDDEN, vocabulary), words));
        add("", "MatMul", List.of("hidden", "lm_head"), List.of("logits"));
        outputs.add(value("logits", FLOAT, List.of("n", vocabulary)));
        outputs.add(value("hidden", FLOAT, List.of("n", HIDDEN)));
        outputs.forEach(output -> graph.message(12, output));
        graph.text(2, "tiny");
        return new OnnxBytes()
                .number(1, 9)
                .message(7, graph)
                .message(8, new OnnxBytes().text(1, "").number(2, 17))
                .message(8, new OnnxBytes().text(1, MICROSOFT).number(2, 1))
                .toBytes();
    }

    private void lengths() {
        graph.message(5, longs("one", List.of(1L), 1));
        graph.message(5, longs("axis1", List.of(), 1));
        add("", "ReduceSum", List.of("attention_mask", "one"), List.of("count"), whole("keepdims", 0));
        add("", "Sub", List.of("count", "one"), List.of("last"));
        add("", "Cast", List.of("last"), List.of("seqlens_k"), whole("to", OnnxBytes.INT32));
        add("", "Shape", List.of("attention_mask"), List.of("mask_shape"));
        add("", "Gather", List.of("mask_shape", "axis1"), List.of("total64"));
        add("", "Cast", List.of("total64"), List.of("total_length"), whole("to", OnnxBytes.INT32));
    }

    private void rotary() {
        int half = (int) HEAD / 2;
        float[] cos = new float[CONTEXT * half];
        float[] sin = new float[CONTEXT * half];
        for (int i = 0; i < cos.length; i++) {
            int position = i / half;
            double angle = position / Math.pow(10_000, (double) (i % half) / half);
            cos[i] = (float) Math.cos(angle);
            sin[i] = (float) Math.sin(angle);
        }
        graph.message(5, floats("cos", List.of((long) CONTEXT, (long) half), cos));
        graph.message(5, floats("sin", List.of((long) CONTEXT, (long) half), sin));
    }

    private void layer(int layer) {
        String p = "l" + layer + ".";
        List<Object> past = List.of(1L, 1L, "past", HEAD);
        List<Object> present = List.of(1L, 1L, "total", HEAD);
        for (String part : List.of("key", "value")) {
            input("past_key_values." + layer + "." + part, FLOAT, past);
            outputs.add(value("present." + layer + "." + part, FLOAT, present));
        }
        norm("x" + layer, p + "norm");
        query(layer, p);
        weight(p + "wk", HIDDEN, HEAD);
        weight(p + "wv", HIDDEN, HEAD);
        add("", "MatMul", List.of(p + "norm", p + "wk"), List.of(p + "k"));
        add("", "MatMul", List.of(p + "norm", p + "wv"), List.of(p + "v"));
        add(
                MICROSOFT,
                "GroupQueryAttention",
                List.of(
                        p + "q",
                        p + "k",
                        p + "v",
                        "past_key_values." + layer + ".key",
                        "past_key_values." + layer + ".value",
                        "seqlens_k",
                        "total_length",
                        "cos",
                        "sin"),
                List.of(p + "attention", "present." + layer + ".key", "present." + layer + ".value"),
                whole("num_heads", 2),
                whole("kv_num_heads", 1),
                whole("do_rotary", 1));
        weight(p + "wo", HIDDEN, HIDDEN);
        add("", "MatMul", List.of(p + "attention", p + "wo"), List.of(p + "o"));
        add("", "Add", List.of("x" + layer, p + "o"), List.of("x" + (layer + 1)));
    }

    private void query(int layer, String p) {
        String a = module(layer) + ".lora_A";
        String b = module(layer) + ".lora_B";
        input(a, FLOAT, List.of(HIDDEN, "r"));
        input(b, FLOAT, List.of("r", HIDDEN));
        graph.message(5, floats(a, List.of(HIDDEN, 0L), new float[0]));
        graph.message(5, floats(b, List.of(0L, HIDDEN), new float[0]));
        weight(p + "wq", HIDDEN, HIDDEN);
        add("", "MatMul", List.of(p + "norm", p + "wq"), List.of(p + "q0"));
        add("", "MatMul", List.of(p + "norm", a), List.of(p + "down"));
        add("", "MatMul", List.of(p + "down", b), List.of(p + "up"));
        add("", "Add", List.of(p + "q0", p + "up"), List.of(p + "q"));
    }

    private void norm(String from, String to) {
        float[] ones = new float[(int) HIDDEN];
        Arrays.fill(ones, 1);
        graph.message(5, floats(to + ".scale", List.of(HIDDEN), ones));
        add(
                "",
                "SimplifiedLayerNormalization",
                List.of(from, to + ".scale"),
                List.of(to),
                whole("axis", -1),
                fraction("epsilon", 1e-5f),
                whole("stash_type", 1));
    }

    private void weight(String name, long in, long out) {
        graph.message(5, floats(name, List.of(in, out), random(in * out)));
    }

    private float[] random(long count) {
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * 0.4f;
        }
        return values;
    }

    private void input(String name, int type, List<?> dims) {
        graph.message(11, value(name, type, dims));
    }

    private void add(String domain, String type, List<String> in, List<String> out, OnnxBytes... attributes) {
        graph.message(1, node(domain, type, in, out, attributes));
    }
}
