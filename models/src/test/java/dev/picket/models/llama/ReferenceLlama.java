package dev.picket.models.llama;

import dev.picket.inference.codec.FloatTensor;
import java.util.Map;
import java.util.Objects;

/**
 * A plain float forward pass of a Llama decoder, written from the model's definition and not from the exporter: matrices
 * by their dequantised values, attention over the whole text, LoRA pairs added where there are any.
 */
final class ReferenceLlama {
    private final LlamaConfig config;
    private final Map<String, FloatTensor> weights;
    private final Map<String, FloatTensor> pairs;

    ReferenceLlama(LlamaConfig config, Map<String, FloatTensor> weights, Map<String, FloatTensor> pairs) {
        this.config = config;
        this.weights = weights;
        this.pairs = pairs;
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
        String output = config.tied() ? "model.embed_tokens.weight" : "lm_head.weight";
        return times(weight(output).values(), config.vocabulary(), hidden);
    }

    private float[][] attention(String at, float[][] x) {
        float[][] q = project(at + "q_proj", x);
        float[][] k = project(at + "k_proj", x);
        float[][] v = project(at + "v_proj", x);
        for (int t = 0; t < x.length; t++) {
            rotate(q[t], config.heads(), t);
            rotate(k[t], config.kvHeads(), t);
        }
        float[][] mixed = new float[x.length][config.heads() * config.headSize()];
        for (int head = 0; head < config.heads(); head++) {
            int shared = head / (config.heads() / config.kvHeads());
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
            weight[s] /= Math.sqrt(config.headSize());
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

    /** Feature i of a head's first half turns with feature i of its second half. */
    private void rotate(float[] features, int heads, int position) {
        int half = config.headSize() / 2;
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < half; i++) {
                double angle = position / Math.pow(config.theta(), (double) i / half);
                int first = head * config.headSize() + i;
                float a = features[first];
                float b = features[first + half];
                features[first] = (float) (a * Math.cos(angle) - b * Math.sin(angle));
                features[first + half] = (float) (b * Math.cos(angle) + a * Math.sin(angle));
            }
        }
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
        FloatTensor a = pairs.get(path + ".lora_A");
        FloatTensor b = pairs.get(path + ".lora_B");
        float[][] y = new float[x.length][];
        for (int t = 0; t < x.length; t++) {
            y[t] = times(weight.values(), outputs, x[t]);
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
            double root = Math.sqrt(squares / config.hidden() + config.epsilon());
            for (int i = 0; i < config.hidden(); i++) {
                y[t][i] = (float) (x[t][i] / root * weight[i]);
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
