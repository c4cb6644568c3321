package dev.picket.agent.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.uplink.Configs;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benches of the model run with the released one, shortened: what they name and count, never how fast. */
class ModelBenchesTest {
    private static final Path RELEASED = Path.of(System.getProperty("picket.root", ".."), "models", "released");
    private static final Path FRAUD = RELEASED.resolve("tasks/fraud");

    @TempDir
    private Path folder;

    @Test
    void theLeversOfAShapeAreMeasuredUnderTheirNames() throws Exception {
        ShapeBench bench = new ShapeBench(BaseFolder.read(RELEASED.resolve("base")), EngineOptions.forCores(1), 1);
        assertThat(Stream.of(bench.prefixCache(), bench.scoring(), bench.lastPosition()))
                .allSatisfy(ModelBenchesTest::isMeasured)
                .extracting(Result::name)
                .containsExactly("prefix-cache-speedup", "scoring-speedup", "last-position-head-speedup");
    }

    @Test
    void everyTextOfTheFileReachesTheJournalBesideTheClassifierAlone() throws Exception {
        try (Classifier classifier = released()) {
            Result result = new PipelineBench(folder, Configs.JOURNAL, classifier, "fraud", 2, 1, 10).run();
            assertThat(result.name()).isEqualTo("pipeline-ratio");
            isMeasured(result);
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void aTaskIsSwappedInAgainAndAgain() throws Exception {
        try (Classifier classifier = released()) {
            Result result = new SwapBench(classifier, TaskFolder.read(FRAUD), 2, 5).run();
            assertThat(result.name()).isEqualTo("adapter-swap-extra-texts");
            assertThat(result.measured()).isPositive();
            assertThat(result.floor()).isPositive();
            assertThat(classifier.tasks()).containsExactly("fraud");
        }
    }

    @Test
    void memoryIsThatOfAProcessOfItsOwn() throws Exception {
        Result result = new ResidentBench(RELEASED.resolve("base"), FRAUD, 5, 10).run();
        assertThat(result.name()).isEqualTo("resident-growth");
        isMeasured(result);
    }

    @Test
    void textsAreDistinctAndTheSameEachTime() {
        List<String> texts = Texts.of(500);
        assertThat(new HashSet<>(texts)).hasSize(500);
        assertThat(texts.get(7)).isEqualTo(Texts.at(7));
    }

    private static Classifier released() throws Exception {
        return Classifier.open(
                BaseFolder.read(RELEASED.resolve("base")), List.of(TaskFolder.read(FRAUD)), EngineOptions.forCores(2));
    }

    private static void isMeasured(Result result) {
        assertThat(result.value()).isPositive();
        assertThat(result.measured()).isPositive();
        assertThat(result.floor()).isPositive();
    }
}
