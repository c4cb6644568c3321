package dev.picket.models.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The exported graph against a forward pass written from the models' definitions, on checkpoints whose logits are as far apart as
 * a trained model's: by digit where the graph computes in float, by angle where it rounds activations to int8 as the device does.
 * Each mistake that an exporter is known to make must be seen by the same measure.
 */
class LlamaParityTest {
    private static final double DIGITS = 1e-3;
    private static final double SEEN = 10 * DIGITS;
    private static final double ANGLE = 0.999;
    private static final int FLOAT = 1;
    private static final int INT8 = 4;
    private static final int TOKENS = 23;

    @TempDir
    private Path folder;

    /** Traps that lie in every model. */
    private static final Set<Trap> EVERYWHERE = EnumSet.of(
            Trap.INTERLEAVED,
            Trap.OTHER_THETA,
            Trap.OTHER_EPSILON,
            Trap.NORM_PLUS_ONE,
            Trap.NO_NORM_WEIGHT,
            Trap.OTHER_GROUPS,
            Trap.OTHER_OUTPUT);

    /** Each architecture with what sets it apart, and the traps that lie there. */
    private static final List<Model> MODELS = List.of(
            model("llama", Architecture.LLAMA, new Rope(50_000), 16),
            model("linear", Architecture.LLAMA, new Rope(50_000, new Rope.Linear(4)), 16, Trap.UNSCALED),
            model(
                    "llama 3",
                    Architecture.LLAMA,
                    new Rope(500_000, new Rope.Llama3(8, 1, 4, 64)),
                    16,
                    Trap.UNSCALED,
                    Trap.SCALED_EVERYWHERE,
                    Trap.SCALED_WITHOUT_PASSAGE),
            model("mistral", Architecture.MISTRAL, new Rope(1e6), 32, Trap.OTHER_SCALE),
            model(
                    "qwen2",
                    Architecture.QWEN2,
                    new Rope(1e6),
                    16,
                    Trap.NO_QUERY_BIAS,
                    Trap.NO_KEY_BIAS,
                    Trap.NO_VALUE_BIAS),
            model(
                    "qwen3",
                    Architecture.QWEN3,
                    new Rope(1e6),
                    32,
                    Trap.NO_HEAD_NORMS,
                    Trap.LATE_HEAD_NORMS,
                    Trap.JOINT_HEAD_NORMS,
                    Trap.SWAPPED_HEAD_NORMS,
                    Trap.OTHER_HEAD_EPSILON,
                    Trap.OTHER_SCALE));

    record Model(String name, Architecture architecture, Rope rope, int headSize, Set<Trap> traps) {
        LlamaConfig config(boolean tied) {
            return TinyCheckpoint.config(architecture, rope, headSize, tied);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Model model(String name, Architecture architecture, Rope rope, int headSize, Trap... own) {
        Set<Trap> traps = EnumSet.copyOf(EVERYWHERE);
        traps.addAll(Arrays.asList(own));
        return new Model(name, architecture, rope, headSize, traps);
    }

    static Stream<Arguments> models() {
        return MODELS.stream().flatMap(each -> Stream.of(Arguments.of(each, true), Arguments.of(each, false)));
    }

    @Test
    void everyTrapLiesInSomeModel() {
        Set<Trap> met = EnumSet.of(Trap.NONE);
        for (Model each : MODELS) {
            met.addAll(each.traps());
        }
        assertThat(met).containsExactly(Trap.values());
    }

    @ParameterizedTest(name = "{0}, tied {1}")
    @MethodSource("models")
    void inFloatTheGraphComputesWhatTheCheckpointDoesAndNotWhatATrapWould(Model model, boolean tied) throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(1, model.config(tied));
        float[][] graph = logits(tiny, new FloatMatrices());
        float[][] reference = new ReferenceLlama(tiny.config, tiny.weights, Map.of()).logits(ids());
        assertThat(deviation(reference)).isGreaterThan(1);
        assertThat(furthest(graph, reference)).isLessThan(DIGITS);
        for (Trap trap : model.traps()) {
            float[][] wrong = new ReferenceLlama(tiny.config, tiny.weights, Map.of(), trap).logits(ids());
            assertThat(furthest(graph, wrong)).as(trap.toString()).isGreaterThan(SEEN);
        }
    }

    @ParameterizedTest(name = "{0}, tied {1}")
    @MethodSource("models")
    void quantisedItComputesWhatItsWeightsSay(Model model, boolean tied) throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(2, model.config(tied));
        Quantiser quantiser = tied ? Quantiser.NEAREST : Quantiser.SEARCH;
        for (int bits : new int[] {4, 8}) {
            Blocks blocks = new Blocks(bits, quantiser);
            float[][] reference = new ReferenceLlama(tiny.config, tiny.dequantised(blocks), Map.of()).logits(ids());
            assertThat(deviation(reference)).isGreaterThan(1);
            assertThat(furthest(logits(tiny, new QuantisedMatrices(blocks, FLOAT)), reference))
                    .as("%d bits, %s, in float", bits, quantiser)
                    .isLessThan(DIGITS);
            assertThat(cosine(logits(tiny, new QuantisedMatrices(blocks, INT8)), reference))
                    .as("%d bits, %s, activations in int8", bits, quantiser)
                    .isGreaterThan(ANGLE);
        }
    }

    private float[][] logits(TinyCheckpoint tiny, Matrices matrices) throws Exception {
        tiny.write(folder.resolve("hf"));
        LlamaBase.of(folder.resolve("hf"), Storing.NEAREST_INT4, matrices)
                .write(folder.resolve("base"), new LlamaBase.Naming("tiny", "0.0.1", "Apache-2.0"), _ -> {});
        try (GraphUnderTest graph = new GraphUnderTest(tiny.config, folder.resolve("base"))) {
            return graph.run(ids(), IntStream.range(0, TOKENS).asLongStream().toArray())
                    .logits()
                    .toArray(float[][]::new);
        }
    }

    private static int[] ids() {
        return new Random(TOKENS).ints(TOKENS, 0, 96).toArray();
    }

    private static double furthest(float[][] some, float[][] others) {
        double most = 0;
        for (int t = 0; t < TOKENS; t++) {
            for (int i = 0; i < some[t].length; i++) {
                most = Math.max(most, Math.abs((double) some[t][i] - others[t][i]));
            }
        }
        return most;
    }

    /** Of the position where they are furthest apart. */
    private static double cosine(float[][] some, float[][] others) {
        double least = 1;
        for (int t = 0; t < TOKENS; t++) {
            double ab = 0;
            double aa = 0;
            double bb = 0;
            for (int i = 0; i < some[t].length; i++) {
                ab += (double) some[t][i] * others[t][i];
                aa += (double) some[t][i] * some[t][i];
                bb += (double) others[t][i] * others[t][i];
            }
            least = Math.min(least, ab / Math.sqrt(aa * bb));
        }
        return least;
    }

    private static double deviation(float[][] logits) {
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (float[] row : logits) {
            for (float each : row) {
                sum += each;
                squares += (double) each * each;
                count++;
            }
        }
        return Math.sqrt(squares / count - sum * sum / count / count);
    }
}
