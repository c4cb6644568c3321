package dev.picket.models.llama;

import dev.picket.models.onnx.Attribute;
import dev.picket.models.onnx.ElementType;
import dev.picket.models.onnx.OnnxGraph;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The decoder's nodes, under the graph contract {@code picket-1}:
 *
 * <pre>
 *   in   input_ids int64 [1, s], attention_mask int64 [1, past + s], logit_positions int64 [n],
 *        past_key_values.{i}.key|value float [1, kv heads, past, head],
 *        {projection}.lora_A float [in, r], .lora_B float [r, out], each with a default of rank 0
 *   out  logits float [n, vocabulary], hidden float [n, width] after the final norm, present.{i}.key|value
 * </pre>
 *
 * <p>Only what a position's answer needs is computed for it: the last layer's output projection and feed-forward part,
 * the final norm and the output matrix run on the {@code n} positions asked for. Attention needs the others' keys and
 * values only, which the cut leaves whole.
 *
 * <p>Where heads have norms of their own they are applied to queries and keys before that, head by head.
 *
 * <p>{@code GroupQueryAttention} turns queries and keys itself (half-rotation, {@code rotary_interleaved} 0) and takes
 * the position from {@code seqlens_k}, the mask's sum less one.
 */
final class LlamaGraph {
    private static final String RESIDUAL = ".residual";

    private final LlamaConfig config;
    private final LlamaTensors tensors;
    private final Matrices matrices;
    private final OnnxGraph graph;
    private final Map<String, Projection> projections;

    LlamaGraph(LlamaConfig config, Matrices matrices, OnnxGraph graph) {
        this.config = config;
        this.tensors = new LlamaTensors(config);
        this.matrices = matrices;
        this.graph = graph;
        this.projections =
                Projection.all(config).stream().collect(Collectors.toMap(Projection::path, Function.identity()));
    }

    void build() throws IOException {
        declare();
        lengths();
        matrices.rows(graph, tensors.embedding(), "input_ids", "embedded");
        norm("embedded", "model.layers.0.input_layernorm.weight", "model.layers.0.in");
        String residual = "embedded";
        for (int i = 0; i < config.layers(); i++) {
            residual = layer(i, residual);
        }
        answer();
    }

    private void declare() throws IOException {
        graph.input("input_ids", ElementType.INT64, 1, "sequence");
        graph.input("attention_mask", ElementType.INT64, 1, "total");
        graph.input("logit_positions", ElementType.INT64, "positions");
        graph.output("logits", ElementType.FLOAT, "positions", config.vocabulary());
        graph.output("hidden", ElementType.FLOAT, "positions", config.hidden());
        for (int i = 0; i < config.layers(); i++) {
            for (String part : List.of("key", "value")) {
                graph.input(past(i, part), ElementType.FLOAT, 1, config.kvHeads(), "past", config.headSize());
                graph.output(present(i, part), ElementType.FLOAT, 1, config.kvHeads(), "total", config.headSize());
            }
        }
        for (Projection each : Projection.all(config)) {
            String rank = each.path() + ".rank";
            graph.input(each.loraA(), ElementType.FLOAT, each.matrix().columns(), rank);
            graph.input(each.loraB(), ElementType.FLOAT, rank, each.matrix().rows());
            graph.constant(
                    each.loraA(), ElementType.FLOAT, new byte[0], each.matrix().columns(), 0);
            graph.constant(
                    each.loraB(),
                    ElementType.FLOAT,
                    new byte[0],
                    0,
                    each.matrix().rows());
        }
    }

    /** seqlens_k int32 [1] and total_sequence_length int32 [] out of the mask. */
    private void lengths() throws IOException {
        graph.constant("one", ElementType.INT64, wholes(1), 1);
        graph.constant("rows", ElementType.INT64, wholes(-1, config.hidden()), 2);
        if (config.architecture().hasHeadNorms()) {
            graph.constant("by.heads", ElementType.INT64, wholes(0, 0, -1, config.headSize()), 4);
            graph.constant("joined.heads", ElementType.INT64, wholes(0, 0, -1), 3);
        }
        Attribute toInt32 = Attribute.of("to", 6);
        simple("ReduceSum", List.of("attention_mask", "one"), "mask.sum", Attribute.of("keepdims", 0));
        simple("Sub", List.of("mask.sum", "one"), "mask.last");
        simple("Cast", List.of("mask.last"), "seqlens_k", toInt32);
        simple("Shape", List.of("attention_mask"), "mask.shape", Attribute.of("start", 1));
        simple("Squeeze", List.of("mask.shape"), "mask.length");
        simple("Cast", List.of("mask.length"), "total_sequence_length", toInt32);
    }

    /** One layer; returns the name of the residual stream behind its attention, which its feed-forward part adds to. */
    private String layer(int i, String residual) throws IOException {
        String at = "model.layers." + i;
        String attended = attention(i, at + ".in");
        String stream = residual;
        if (i == config.layers() - 1) {
            attended = atPositions(attended);
            stream = atPositions(residual);
        }
        String out = project(at + ".self_attn.o_proj", attended);
        skipNorm(stream, out, at + ".post_attention_layernorm.weight", at + ".middle", at + ".attended" + RESIDUAL);
        String fed = feedForward(at, at + ".middle");
        boolean last = i == config.layers() - 1;
        String norm = last ? LlamaTensors.NORM : "model.layers." + (i + 1) + ".input_layernorm.weight";
        String normed = last ? "final" : "model.layers." + (i + 1) + ".in";
        skipNorm(at + ".attended" + RESIDUAL, fed, norm, normed, at + RESIDUAL);
        return at + RESIDUAL;
    }

    private String attention(int i, String in) throws IOException {
        String at = "model.layers." + i + ".self_attn";
        String query = project(at + ".q_proj", in);
        String key = project(at + ".k_proj", in);
        String value = project(at + ".v_proj", in);
        if (config.architecture().hasHeadNorms()) {
            query = headNorm(query, at + ".q_norm");
            key = headNorm(key, at + ".k_norm");
        }
        graph.node(
                OnnxGraph.MICROSOFT,
                "GroupQueryAttention",
                List.of(
                        query,
                        key,
                        value,
                        past(i, "key"),
                        past(i, "value"),
                        "seqlens_k",
                        "total_sequence_length",
                        LlamaWeights.COSINE,
                        LlamaWeights.SINE),
                List.of(at, present(i, "key"), present(i, "value")),
                Attribute.of("num_heads", config.heads()),
                Attribute.of("kv_num_heads", config.kvHeads()),
                Attribute.of("do_rotary", 1),
                Attribute.of("rotary_interleaved", 0));
        return at;
    }

    private String feedForward(String layer, String in) throws IOException {
        String at = layer + ".mlp";
        String gate = project(at + ".gate_proj", in);
        String up = project(at + ".up_proj", in);
        simple("Sigmoid", List.of(gate), at + ".sigmoid");
        simple("Mul", List.of(gate, at + ".sigmoid"), at + ".silu");
        simple("Mul", List.of(at + ".silu", up), at + ".inner");
        return project(at + ".down_proj", at + ".inner");
    }

    /** y = W x + bias + (x A) B. */
    private String project(String path, String in) throws IOException {
        Projection projection = Objects.requireNonNull(projections.get(path), path);
        matrices.product(graph, projection.matrix(), projection.bias(), in, path + ".base");
        simple("MatMul", List.of(in, projection.loraA()), path + ".low");
        simple("MatMul", List.of(path + ".low", projection.loraB()), path + ".delta");
        simple("Add", List.of(path + ".base", path + ".delta"), path);
        return path;
    }

    private String headNorm(String in, String at) throws IOException {
        simple("Reshape", List.of(in, "by.heads"), at + ".in");
        norm(at + ".in", at + ".weight", at + ".out");
        simple("Reshape", List.of(at + ".out", "joined.heads"), at);
        return at;
    }

    private void norm(String in, String weight, String out) throws IOException {
        simple(
                "SimplifiedLayerNormalization",
                List.of(in, weight),
                out,
                Attribute.of("axis", -1),
                Attribute.of("epsilon", config.epsilon()),
                Attribute.of("stash_type", 1));
    }

    private void skipNorm(String stream, String added, String weight, String normed, String sum) throws IOException {
        graph.node(
                OnnxGraph.MICROSOFT,
                "SkipSimplifiedLayerNormalization",
                List.of(stream, added, weight),
                List.of(normed, "", "", sum),
                Attribute.of("epsilon", config.epsilon()));
    }

    private String atPositions(String in) throws IOException {
        simple("Gather", List.of(in, "logit_positions"), in + ".asked", Attribute.of("axis", 1));
        return in + ".asked";
    }

    private void answer() throws IOException {
        simple("Reshape", List.of("final", "rows"), "hidden");
        matrices.product(graph, tensors.head(), null, "hidden", "logits");
    }

    private void simple(String operator, List<String> in, String out, Attribute... attributes) throws IOException {
        graph.node(OnnxGraph.STANDARD, operator, in, List.of(out), attributes);
    }

    private static String past(int layer, String part) {
        return "past_key_values." + layer + "." + part;
    }

    private static String present(int layer, String part) {
        return "present." + layer + "." + part;
    }

    private static byte[] wholes(long... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asLongBuffer().put(values);
        return buffer.array();
    }
}
