package dev.picket.models.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.TokenRuns;
import dev.picket.models.Released;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an exported graph and its folder are; whether it computes what the checkpoint does, {@link LlamaParityTest} tells. */
class LlamaBaseTest {
    private static final LlamaBase.Naming NAMING = new LlamaBase.Naming("tiny", "0.0.1", "Apache-2.0");
    private static final Storing SMALLEST = Storing.NEAREST_INT4;
    private static final int FLOAT = 1;
    private static final int INT8 = 4;
    private static final double SAME = 0.99999;

    @TempDir
    private Path folder;

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

    @ParameterizedTest
    @EnumSource
    void anAdapterChangesTheAnswerAsTheReferenceDoesAndLeavesNothingBehind(Architecture architecture) throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(3, TinyCheckpoint.config(architecture, new Rope(10_000), 32, true));
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

    @ParameterizedTest
    @EnumSource
    void aPrefixRunBeforeGivesTheSameAnswerAsTheWholeText(Architecture architecture) throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(4, TinyCheckpoint.config(architecture, new Rope(10_000), 32, true));
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
            LlamaBase.of(folder.resolve("hf"), SMALLEST).write(folder.resolve(out), NAMING, _ -> {});
            BaseFolder.read(folder.resolve(out)).verify();
        }
        assertThat(BaseFolder.read(folder.resolve("one")).digest())
                .isEqualTo(BaseFolder.read(folder.resolve("two")).digest());
    }

    @Test
    void theProgressAddsUpToWhatWasAnnounced() throws Exception {
        new TinyCheckpoint(5, false).writeShards(folder.resolve("hf"));
        LlamaBase base = LlamaBase.of(folder.resolve("hf"), SMALLEST);
        long[] done = new long[2];
        base.write(folder.resolve("out"), NAMING, more -> done[0] += more, more -> done[1] += more);
        assertThat(done).containsExactly(base.hashedBytes(), base.rows());
        assertThat(base.hashedBytes())
                .isEqualTo(Files.size(folder.resolve("hf/model-00001.safetensors"))
                        + Files.size(folder.resolve("hf/model-00002.safetensors")));
    }

    @ParameterizedTest
    @EnumSource
    void eachPrecisionIsWrittenDownAndLoadsWithItsGoldenAnswers(Precision precision) throws Exception {
        Rope rope = new Rope(1e6);
        new TinyCheckpoint(5, new LlamaConfig(Architecture.QWEN2, 4096, 64, 96, 2, 4, 2, 16, 64, rope, 1e-6f, true))
                .write(folder.resolve("hf"));
        Files.copy(
                Released.BASE.resolve("tokenizer.json"),
                folder.resolve("hf/tokenizer.json"),
                StandardCopyOption.REPLACE_EXISTING);
        LlamaBase.of(folder.resolve("hf"), new Storing(precision, Quantiser.SEARCH, 64, Long.MAX_VALUE))
                .write(folder.resolve("out"), NAMING, _ -> {});
        BaseManifest manifest = BaseFolder.read(folder.resolve("out")).manifest();
        assertThat(manifest.quantisation().scheme())
                .isEqualTo(
                        switch (precision) {
                            case INT4 -> "int4";
                            case INT8 -> "int8";
                            case FLOAT32 -> "none";
                        });
        assertThat(manifest.madeBy().path("quantiser").asText())
                .isEqualTo(precision == Precision.FLOAT32 ? "none" : "search");
        assertThat(manifest.golden()).isNotEmpty();
        try (TokenRuns runs =
                TokenRuns.open(BaseFolder.read(folder.resolve("out")), EngineOptions.forCores(1), 20, 8)) {
            assertThat(runs.cached()).containsExactly(runs.whole(), offset(1e-3f));
        }
    }

    @Test
    void aTiedEmbeddingIsStoredOnce() throws Exception {
        long[] bytes = new long[2];
        for (boolean tied : new boolean[] {true, false}) {
            TinyCheckpoint tiny = new TinyCheckpoint(5, tied);
            tiny.write(folder.resolve("hf"));
            LlamaBase.of(folder.resolve("hf"), SMALLEST).write(folder.resolve("out"), NAMING, _ -> {});
            bytes[tied ? 0 : 1] = Files.size(folder.resolve("out/model.onnx.data"));
        }
        assertThat(bytes[1] - bytes[0]).isEqualTo(96 * 64 / 2 + 96 * 2 * Float.BYTES);
    }

    @Test
    void aBaseBiggerThanMayBeLoadedGetsNoGoldenAnswers() throws Exception {
        new TinyCheckpoint(5, true).write(folder.resolve("hf"));
        boolean asked = LlamaBase.of(folder.resolve("hf"), new Storing(Precision.INT4, Quantiser.NEAREST, 64, 1000))
                .write(folder.resolve("out"), NAMING, _ -> {}, _ -> {});
        assertThat(asked).isFalse();
        BaseFolder base = BaseFolder.read(folder.resolve("out"));
        base.verify();
        assertThat(base.manifest().golden()).isEmpty();
    }

    @Test
    void aNameThatBaseJsonCannotSayIsRefusedBeforeAnythingIsWritten() throws Exception {
        new TinyCheckpoint(5, true).write(folder.resolve("hf"));
        LlamaBase base = LlamaBase.of(folder.resolve("hf"), SMALLEST);
        assertThatThrownBy(() -> base.write(folder.resolve("out"), new LlamaBase.Naming("a/b", "1", "MIT"), _ -> {}))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining("$.name");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void anImportThatFailsHalfWayLeavesNoBase() throws Exception {
        TinyCheckpoint tiny = new TinyCheckpoint(7, true);
        tiny.write(folder.resolve("hf"));
        LlamaBase.of(folder.resolve("hf"), SMALLEST).write(folder.resolve("out"), NAMING, _ -> {});
        tiny.weight("model.layers.2.mlp.down_proj.weight").values()[77] = Float.NaN;
        tiny.write(folder.resolve("hf"));
        LlamaBase base = LlamaBase.of(folder.resolve("hf"), SMALLEST);
        assertThatThrownBy(() -> base.write(folder.resolve("out"), NAMING, _ -> {}))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining("model.layers.2.mlp.down_proj.weight")
                .hasMessageContaining("not finite, at place 77");
        assertThat(folder.resolve("out/base.json")).doesNotExist();
    }

    private GraphUnderTest exported(TinyCheckpoint tiny, int accuracyLevel) throws Exception {
        tiny.write(folder.resolve("hf"));
        LlamaBase.of(
                        folder.resolve("hf"),
                        SMALLEST,
                        new QuantisedMatrices(new Blocks(4, Quantiser.NEAREST), accuracyLevel))
                .write(folder.resolve("base"), NAMING, _ -> {});
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
