package dev.picket.models.llama;

import dev.picket.inference.codec.FloatTensor;
import java.util.Map;
import java.util.Objects;

/**
 * A plain float forward pass of a Llama decoder, written from the model's definition and not from the exporter: matrices
 * by their dequantised values, attention over the whole text, LoRA pairs added where there are any.
 */
final class ReferenceLlama {
    private static final double DEFAULT_THETA = 10_000;
    private static final double DEFAULT_EPSILON = 1e-6;

    private final LlamaConfig config;
    private final Map<String, FloatTensor> weights;
    private final Map<String, FloatTensor> pairs;
    private final Trap trap;

    ReferenceLlama(LlamaConfig config, Map<String, FloatTensor> weights, Map<String, FloatTensor> pairs) {
        this(config, weights, pairs, Trap.NONE);
    }

    ReferenceLlama(LlamaConfig config, Map<String, FloatTensor> weights, Map<String, FloatTensor> pairs, Trap trap) {
        this.config = config;
        this.trap = trap;
        this.weights = weights;
        this.pairs = pairs;
    }

    /** Logits [tokens][vocabulary]. */
    float[][] logits(int[] ids) {
        float[][] hidden = hidden(ids);
        float[][] logits = new float[ids.length][];
        for (int t = 0; t < ids.length; t++) {
            logits[t] = logits(hidden[t]);
        }
        return logits;
    }

    /** Hidden states [tokens][hidden] after the final norm. */
    float[][] hidden(int[] ids) {
        float[] table = weight("model.embed_tokens.weight").values();
        float[][] x = new float[ids.length][config.hidden()];
        for (int t = 0; t < ids.length; t++) {
            System.arraycopy(table, ids[t] * config.hidden(), x[t], 0, config.hidden());
        }
        for (int i = 0; i < config.layers(); i++) {
            String at = "model.layers." + i;
            add(x, attention(at + ".self_attn.", norm(x, at + ".input_layernorm.weight")));
            add(x, feedForward(at + ".mlp.", norm(x, at + ".post_attention_layernorm.weight")));
        }
        return norm(x, "model.norm.weight");
    }

    float[] logits(float[] hidden) {
        boolean tied = config.tied() != (trap == Trap.OTHER_OUTPUT);
        String output = tied ? "model.embed_tokens.weight" : "lm_head.weight";
        return times(weight(output).values(), config.vocabulary(), hidden);
    }

    private float[][] attention(String at, float[][] x) {
        float[][] q = project(at + "q_proj", x);
        float[][] k = project(at + "k_proj", x);
        float[][] v = project(at + "v_proj", x);
        for (int t = 0; t < x.length; t++) {
            if (trap != Trap.LATE_HEAD_NORMS) {
                normHeads(at, q[t], k[t]);
            }
            rotate(q[t], config.heads(), t);
            rotate(k[t], config.kvHeads(), t);
            if (trap == Trap.LATE_HEAD_NORMS) {
                normHeads(at, q[t], k[t]);
            }
        }
        float[][] mixed = new float[x.length][config.heads() * config.headSize()];
        for (int head = 0; head < config.heads(); head++) {
            int shared =
                    trap == Trap.OTHER_GROUPS ? head % config.kvHeads() : head / (config.heads() / config.kvHeads());
            for (int t = 0; t < x.length; t++) {
                attend(q[t], k, v, t, head * config.headSize(), shared * config.headSize(), mixed[t]);
            }
        }
        return project(at + "o_proj", mixed);
    }

    private void attend(float[] query, float[][] k, float[][] v, int t, int from, int shared, float[] mixed) {
        double[] weight = new double[t + 1];
        double most = Double.NEGATIVE_INFINITY;
        for (int s = 0; s <= t; s++) {
            for (int d = 0; d < config.headSize(); d++) {
                weight[s] += query[from + d] * k[s][shared + d];
            }
            weight[s] /=
                    Math.sqrt(trap == Trap.OTHER_SCALE ? (double) config.hidden() / config.heads() : config.headSize());
            most = Math.max(most, weight[s]);
        }
        double sum = 0;
        for (int s = 0; s <= t; s++) {
            weight[s] = Math.exp(weight[s] - most);
            sum += weight[s];
        }
        for (int d = 0; d < config.headSize(); d++) {
            double value = 0;
            for (int s = 0; s <= t; s++) {
                value += weight[s] / sum * v[s][shared + d];
            }
            mixed[from + d] = (float) value;
        }
    }

    private void normHeads(String at, float[] query, float[] key) {
        if (config.architecture() == Architecture.QWEN3 && trap != Trap.NO_HEAD_NORMS) {
            boolean swapped = trap == Trap.SWAPPED_HEAD_NORMS;
            normHeads(
                    query,
                    weight(at + (swapped ? "k_norm.weight" : "q_norm.weight")).values());
            normHeads(
                    key,
                    weight(at + (swapped ? "q_norm.weight" : "k_norm.weight")).values());
        }
    }

    private void normHeads(float[] features, float[] weight) {
        int size = trap == Trap.JOINT_HEAD_NORMS ? features.length : weight.length;
        double epsilon =
                trap == Trap.OTHER_EPSILON || trap == Trap.OTHER_HEAD_EPSILON ? DEFAULT_EPSILON : config.epsilon();
        for (int from = 0; from < features.length; from += size) {
            double squares = 0;
            for (int i = 0; i < size; i++) {
                squares += (double) features[from + i] * features[from + i];
            }
            double root = Math.sqrt(squares / size + epsilon);
            for (int i = 0; i < size; i++) {
                features[from + i] = (float) (features[from + i] / root * weight[(from + i) % weight.length]);
            }
        }
    }

    /** Feature i of a head's first half turns with feature i of its second half. */
    private void rotate(float[] features, int heads, int position) {
        int half = config.headSize() / 2;
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < half; i++) {
                double angle = position * frequency(i);
                int from = head * config.headSize();
                int first = from + (trap == Trap.INTERLEAVED ? 2 * i : i);
                int second = from + (trap == Trap.INTERLEAVED ? 2 * i + 1 : i + half);
                float a = features[first];
                float b = features[second];
                features[first] = (float) (a * Math.cos(angle) - b * Math.sin(angle));
                features[second] = (float) (b * Math.cos(angle) + a * Math.sin(angle));
            }
        }
    }

    /** By wavelengths, as the paper of Llama 3.1's authors and their code have it. */
    private double frequency(int pair) {
        double theta = trap == Trap.OTHER_THETA ? DEFAULT_THETA : config.rope().theta();
        double frequency = 1 / Math.pow(theta, 2.0 * pair / config.headSize());
        return switch (config.rope().scaling()) {
            case Rope.Unscaled() -> frequency;
            case Rope.Linear linear -> trap == Trap.UNSCALED ? frequency : frequency / linear.factor();
            case Rope.Llama3 scaling -> llama3(frequency, scaling);
        };
    }

    private double llama3(double frequency, Rope.Llama3 scaling) {
        double wave = 2 * Math.PI / frequency;
        double longest = scaling.context() / scaling.lowFactor();
        double shortest = scaling.context() / scaling.highFactor();
        if (trap == Trap.UNSCALED || (wave < shortest && trap != Trap.SCALED_EVERYWHERE)) {
            return frequency;
        }
        if (wave > longest || trap == Trap.SCALED_EVERYWHERE) {
            return frequency / scaling.factor();
        }
        double smooth = trap == Trap.SCALED_WITHOUT_PASSAGE
                ? 1
                : (scaling.context() / wave - scaling.lowFactor()) / (scaling.highFactor() - scaling.lowFactor());
        return (1 - smooth) * frequency / scaling.factor() + smooth * frequency;
    }

    private float[][] feedForward(String at, float[][] x) {
        float[][] gate = project(at + "gate_proj", x);
        float[][] up = project(at + "up_proj", x);
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < up[t].length; i++) {
                up[t][i] *= (float) (gate[t][i] / (1 + Math.exp(-gate[t][i])));
            }
        }
        return project(at + "down_proj", up);
    }

    private float[][] project(String path, float[][] x) {
        FloatTensor weight = weight(path + ".weight");
        int outputs = Math.toIntExact(weight.shape().getFirst());
        FloatTensor bias = weights.get(path + ".bias");
        FloatTensor a = pairs.get(path + ".lora_A");
        FloatTensor b = pairs.get(path + ".lora_B");
        float[][] y = new float[x.length][];
        for (int t = 0; t < x.length; t++) {
            y[t] = times(weight.values(), outputs, x[t]);
            if (bias != null && !forgotten(path)) {
                for (int i = 0; i < outputs; i++) {
                    y[t][i] += bias.values()[i];
                }
            }
            if (a != null && b != null) {
                float[] low = from(x[t], a);
                float[] delta = from(low, b);
                for (int i = 0; i < outputs; i++) {
                    y[t][i] += delta[i];
                }
            }
        }
        return y;
    }

    private boolean forgotten(String path) {
        return (trap == Trap.NO_QUERY_BIAS && path.endsWith("q_proj"))
                || (trap == Trap.NO_KEY_BIAS && path.endsWith("k_proj"))
                || (trap == Trap.NO_VALUE_BIAS && path.endsWith("v_proj"));
    }

    /** W x, W [outputs, inputs]. */
    private static float[] times(float[] w, int outputs, float[] x) {
        float[] y = new float[outputs];
        for (int o = 0; o < outputs; o++) {
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                sum += (double) w[o * x.length + i] * x[i];
            }
            y[o] = (float) sum;
        }
        return y;
    }

    /** x M, M [inputs, outputs]. */
    private static float[] from(float[] x, FloatTensor m) {
        int outputs = Math.toIntExact(m.shape().get(1));
        float[] y = new float[outputs];
        for (int i = 0; i < x.length; i++) {
            for (int o = 0; o < outputs; o++) {
                y[o] += x[i] * m.values()[i * outputs + o];
            }
        }
        return y;
    }

    private float[][] norm(float[][] x, String name) {
        float[] weight = weight(name).values();
        float[][] y = new float[x.length][config.hidden()];
        for (int t = 0; t < x.length; t++) {
            double squares = 0;
            for (float value : x[t]) {
                squares += (double) value * value;
            }
            double root = Math.sqrt(
                    squares / config.hidden() + (trap == Trap.OTHER_EPSILON ? DEFAULT_EPSILON : config.epsilon()));
            for (int i = 0; i < config.hidden(); i++) {
                double by = trap == Trap.NORM_PLUS_ONE ? 1 + weight[i] : trap == Trap.NO_NORM_WEIGHT ? 1 : weight[i];
                y[t][i] = (float) (x[t][i] / root * by);
            }
        }
        return y;
    }

    private FloatTensor weight(String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }

    private static void add(float[][] x, float[][] more) {
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) {
                x[t][i] += more[t][i];
            }
        }
    }
}
