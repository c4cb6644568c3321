package dev.picket.models.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.FloatTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The exported graph against a forward pass written from the model's definition: by digit where the graph computes in
 * float, by angle where it rounds activations to int8 as the device does.
 */
class LlamaBaseTest {
    private static final LlamaBase.Naming NAMING = new LlamaBase.Naming("tiny", "0.0.1", "Apache-2.0");
    private static final int FLOAT = 1;
    private static final int INT8 = 4;
    private static final double SAME = 0.99999;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"true, 1, 0.999999", "false, 1, 0.999999", "true, 4, 0.99", "false, 4, 0.99"})
    void theGraphAgreesWithTheReferenceAtEveryPosition(boolean tied, int accuracyLevel, double closeness)
            throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(1, tied);
        ReferenceLlama reference = new ReferenceLlama(tiny.config, tiny.dequantised(), Map.of());
        int[] ids = ids(23);
        try (GraphUnderTest graph = exported(tiny, accuracyLevel)) {
            GraphUnderTest.Answer answer =
                    graph.run(ids, IntStream.range(0, 23).asLongStream().toArray());
            float[][] hidden = reference.hidden(ids);
            for (int t = 0; t < ids.length; t++) {
                assertThat(cosine(answer.hidden().get(t), hidden[t])).isGreaterThan(closeness);
                assertThat(cosine(answer.logits().get(t), reference.logits(hidden[t])))
                        .isGreaterThan(closeness);
                if (accuracyLevel == FLOAT) {
                    assertThat(answer.hidden().get(t))
                            .usingComparatorWithPrecision(1e-3f)
                            .containsExactly(hidden[t]);
                }
            }
        }
    }

    @Test
    void onlyThePositionsAskedForAreAnsweredInTheirOrder() throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(2, true);
        int[] ids = ids(9);
        try (GraphUnderTest graph = exported(tiny, FLOAT)) {
            GraphUnderTest.Answer all =
                    graph.run(ids, IntStream.range(0, 9).asLongStream().toArray());
            GraphUnderTest.Answer some = graph.run(ids, new long[] {8, 3});
            assertThat(some.hidden()).hasSize(2);
            assertThat(cosine(some.hidden().get(0), all.hidden().get(8))).isGreaterThan(SAME);
            assertThat(cosine(some.hidden().get(1), all.hidden().get(3))).isGreaterThan(SAME);
        }
    }

    @Test
    void padsOnTheRightThatTheMaskCountsChangeNothingBeforeThem() throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(9, true);
        int[] ids = ids(11);
        try (GraphUnderTest graph = exported(tiny, INT8)) {
            float[] bare = graph.run(ids, new long[] {10}).hidden().getFirst();
            float[] padded =
                    graph.run(Arrays.copyOf(ids, 16), new long[] {10}).hidden().getFirst();
            assertThat(cosine(padded, bare)).isGreaterThan(SAME);
        }
    }

    @Test
    void anAdapterChangesTheAnswerAsTheReferenceDoesAndLeavesNothingBehind() throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(3, true);
        Map<String, FloatTensor> pairs = tiny.pairs(4);
        int[] ids = ids(17);
        float[] plain = new ReferenceLlama(tiny.config, tiny.dequantised(), Map.of()).hidden(ids)[16];
        float[] adapted = new ReferenceLlama(tiny.config, tiny.dequantised(), pairs).hidden(ids)[16];
        assertThat(cosine(plain, adapted)).isLessThan(0.9);
        try (GraphUnderTest graph = exported(tiny, FLOAT)) {
            long[] last = {16};
            assertThat(cosine(graph.run(ids, last, pairs, Map.of()).hidden().get(0), adapted))
                    .isGreaterThan(SAME);
            assertThat(cosine(graph.run(ids, last).hidden().get(0), plain)).isGreaterThan(SAME);
        }
    }

    @Test
    void aPrefixRunBeforeGivesTheSameAnswerAsTheWholeText() throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(4, true);
        int[] ids = ids(20);
        try (GraphUnderTest graph = exported(tiny, INT8)) {
            float[] whole = graph.run(ids, new long[] {19}).hidden().get(0);
            GraphUnderTest.Answer prefix = graph.run(Arrays.copyOf(ids, 8), new long[] {7});
            int[] rest = Arrays.copyOfRange(ids, 8, 20);
            float[] continued = graph.run(rest, new long[] {11}, Map.of(), prefix.present())
                    .hidden()
                    .get(0);
            assertThat(cosine(continued, whole)).isGreaterThan(SAME);
        }
    }

    @Test
    void theFolderVerifiesAndIsTheSameWhenMadeAgain() throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(5, false);
        tiny.write(folder.resolve("hf"));
        for (String out : new String[] {"one", "two"}) {
            LlamaBase.of(folder.resolve("hf")).write(folder.resolve(out), NAMING, _ -> {});
            BaseFolder.read(folder.resolve(out)).verify();
        }
        assertThat(BaseFolder.read(folder.resolve("one")).digest())
                .isEqualTo(BaseFolder.read(folder.resolve("two")).digest());
    }

    @Test
    void theWrongRotationOrEpsilonWouldBeSeen() throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(6, true);
        LlamaConfig c = tiny.config;
        int[] ids = ids(23);
        try (GraphUnderTest graph = exported(tiny, FLOAT)) {
            float[] answer = graph.run(ids, new long[] {22}).hidden().get(0);
            LlamaConfig turned = new LlamaConfig(96, 64, 96, 3, 4, 2, 16, 64, 500, c.epsilon(), true);
            LlamaConfig loose = new LlamaConfig(96, 64, 96, 3, 4, 2, 16, 64, c.theta(), 1, true);
            for (LlamaConfig wrong : new LlamaConfig[] {turned, loose}) {
                float[] other = new ReferenceLlama(wrong, tiny.dequantised(), Map.of()).hidden(ids)[22];
                assertThat(cosine(answer, other)).isLessThan(0.999);
            }
        }
    }

    @Test
    void aCheckpointWithATensorOfAnotherShapeIsRefusedAndLeavesNoBase() throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(7, true);
        tiny.weights.put("model.norm.weight", tiny.weights.get("model.embed_tokens.weight"));
        tiny.write(folder.resolve("hf"));
        LlamaBase base = LlamaBase.of(folder.resolve("hf"));
        assertThatThrownBy(() -> base.write(folder.resolve("out"), NAMING, _ -> {}))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining("model.norm.weight")
                .hasMessageContaining("[96, 64]");
        assertThat(folder.resolve("out/base.json")).doesNotExist();
        assertThat(folder.resolve("out/model.onnx.data")).doesNotExist();
    }

    @Test
    void aConfigurationThatWouldChangeTheArithmeticIsRefused() throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(8, true);
        tiny.write(folder);
        Path config = folder.resolve("config.json");
        Files.writeString(
                config, Files.readString(config).replace("\"silu\"", "\"silu\", \"rope_scaling\": {\"factor\": 2}"));
        assertThatThrownBy(() -> LlamaBase.of(folder)).hasMessageContaining("rope_scaling");
    }

    private GraphUnderTest exported(TinyCheckpoint tiny, int accuracyLevel) throws Exception {
        tiny.write(folder.resolve("hf"));
        LlamaBase.of(folder.resolve("hf"), accuracyLevel).write(folder.resolve("base"), NAMING, _ -> {});
        return new GraphUnderTest(tiny.config, folder.resolve("base"));
    }

    private static int[] ids(int length) {
        return new Random(length).ints(length, 0, 96).toArray();
    }

    private static double cosine(float[] a, float[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }
}
