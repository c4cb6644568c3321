package dev.picket.models.wrap;

import java.util.Random;

/**
 * Weights of a model small enough to be computed by hand, and the computation: one head of attention, learned positions,
 * two layers. Written from the definition and not from {@link SmallGraph}.
 */
final class SmallModel {
    static final int VOCABULARY = 4096;
    static final int HIDDEN = 16;
    static final int HEAD = 8;
    static final int LAYERS = 2;
    static final int CONTEXT = 128;
    static final int LABELS = 3;

    final float[] embedding;
    final float[] positions;
    final float[] types;
    final float[][] query = new float[LAYERS][];
    final float[][] key = new float[LAYERS][];
    final float[][] value = new float[LAYERS][];
    final float[][] out = new float[LAYERS][];
    final float[] logits;
    final float[] classes;

    SmallModel(long seed) {
        Random random = new Random(seed);
        embedding = random(random, VOCABULARY * HIDDEN, 1);
        positions = random(random, CONTEXT * HIDDEN, 0.5);
        types = random(random, 2 * HIDDEN, 0.5);
        for (int i = 0; i < LAYERS; i++) {
            query[i] = random(random, HIDDEN * HEAD, 0.4);
            key[i] = random(random, HIDDEN * HEAD, 0.4);
            value[i] = random(random, HIDDEN * HEAD, 0.4);
            out[i] = random(random, HEAD * HIDDEN, 0.4);
        }
        logits = random(random, HIDDEN * VOCABULARY, 0.5);
        classes = random(random, HIDDEN * LABELS, 0.5);
    }

    private static float[] random(Random random, int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    /** Hidden states [tokens][hidden]. */
    double[][] hidden(long[] ids, boolean causal, boolean typed) {
        double[][] x = new double[ids.length][HIDDEN];
        for (int t = 0; t < ids.length; t++) {
            for (int i = 0; i < HIDDEN; i++) {
                x[t][i] = embedding[(int) ids[t] * HIDDEN + i] + positions[t * HIDDEN + i] + (typed ? types[i] : 0);
            }
        }
        for (int layer = 0; layer < LAYERS; layer++) {
            double[][] q = times(x, query[layer], HEAD);
            double[][] k = times(x, key[layer], HEAD);
            double[][] v = times(x, value[layer], HEAD);
            double[][] mixed = new double[ids.length][];
            for (int t = 0; t < ids.length; t++) {
                mixed[t] = attend(q[t], k, v, causal ? t + 1 : ids.length);
            }
            double[][] added = times(mixed, out[layer], HIDDEN);
            for (int t = 0; t < ids.length; t++) {
                for (int i = 0; i < HIDDEN; i++) {
                    x[t][i] += added[t][i];
                }
            }
        }
        return x;
    }

    private static double[] attend(double[] q, double[][] k, double[][] v, int seen) {
        double[] weights = new double[seen];
        double sum = 0;
        for (int s = 0; s < seen; s++) {
            for (int i = 0; i < HEAD; i++) {
                weights[s] += q[i] * k[s][i] / Math.sqrt(HEAD);
            }
            weights[s] = Math.exp(weights[s]);
            sum += weights[s];
        }
        double[] mixed = new double[HEAD];
        for (int s = 0; s < seen; s++) {
            for (int i = 0; i < HEAD; i++) {
                mixed[i] += weights[s] / sum * v[s][i];
            }
        }
        return mixed;
    }

    /** x M, M [in, outputs]. */
    static double[][] times(double[][] x, float[] m, int outputs) {
        double[][] y = new double[x.length][outputs];
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) {
                for (int o = 0; o < outputs; o++) {
                    y[t][o] += x[t][i] * m[i * outputs + o];
                }
            }
        }
        return y;
    }

    /** The natural logarithms of the next token's probabilities. */
    double[] next(long[] ids) {
        double[][] x = hidden(ids, true, false);
        double[] row = times(new double[][] {x[ids.length - 1]}, logits, VOCABULARY)[0];
        double sum = 0;
        for (double each : row) {
            sum += Math.exp(each);
        }
        for (int i = 0; i < row.length; i++) {
            row[i] -= Math.log(sum);
        }
        return row;
    }

    double[] classes(double[] hidden) {
        return times(new double[][] {hidden}, classes, LABELS)[0];
    }
}
