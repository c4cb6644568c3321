package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfTestTest {
    @TempDir
    Path folder;

    private TinyBase base;
    private List<Golden> answers;

    @BeforeEach
    void writeTheBase() throws Exception {
        base = TinyBase.write(folder);
        answers = SelfTest.answers(folder, base.read().manifest());
    }

    private SelfTest.Outcome load(UnaryOperator<Golden> change) throws Exception {
        BaseManifest manifest =
                base.read().manifest().with(answers.stream().map(change).toList());
        Files.write(folder.resolve("base.json"), manifest.toBytes());
        try (Base opened = Base.open(BaseFolder.read(folder), TinyBase.OPTIONS)) {
            return opened.selfTest();
        }
    }

    @Test
    void aBaseThatAnswersAsWhereItWasMadeIsLoadedAndItsLatencyTold() throws Exception {
        assertThat(answers).extracting(Golden::output).containsExactly("hidden", "hidden", "logits", "logits");
        SelfTest.Outcome outcome = load(golden -> golden);
        assertThat(outcome.golden()).isEqualTo(4);
        assertThat(outcome.difference()).isLessThan(1e-4);
        assertThat(outcome.tokens()).isEqualTo(40);
        assertThat(outcome.nanos()).isPositive();
        assertThat(outcome.told()).startsWith("4 golden answers within 0.0000, 40 tokens take ");
    }

    @Test
    void aBaseWithoutGoldenAnswersIsTestedOnItsOwn() throws Exception {
        try (Base opened = Base.open(base.read(), TinyBase.OPTIONS)) {
            assertThat(opened.selfTest().told()).startsWith("it has no golden answers, 40 tokens take ");
        }
    }

    @Test
    void anyOtherAnswerIsRefused() {
        refused(golden -> golden(golden, golden.tokens(), golden.width(), shifted(golden)), "with a difference of ");
        refused(
                golden -> golden(golden, List.of(5, 6, 7), golden.width(), golden.values()),
                "it computes something else here than where it was made.");
        refused(
                golden -> golden(golden, golden.tokens(), 31, golden.values()),
                "model.onnx gives 32 numbers as hidden, base.json says 31.");
        refused(
                golden -> golden(golden, List.of(TinyTokenizer.VOCABULARY), golden.width(), golden.values()),
                "$.golden has the token " + TinyTokenizer.VOCABULARY);
        refused(
                golden -> golden(golden, List.of(5, 1), golden.width(), golden.values()),
                "model.onnx gives NaN as hidden of its self-test; the weights are damaged.");
    }

    private static List<Double> shifted(Golden golden) {
        List<Double> values = new ArrayList<>(golden.values());
        values.set(7, values.get(7) + 0.2 * golden.norm() / Math.sqrt(golden.width()));
        return values;
    }

    private static Golden golden(Golden is, List<Integer> tokens, int width, List<Double> values) {
        return new Golden(tokens, is.output(), width, is.norm(), values, is.tolerance());
    }

    private void refused(UnaryOperator<Golden> change, String why) {
        assertThatThrownBy(() -> load(change))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining(why);
    }

    @Test
    void logitsAreTestedWhereGoldenAnswersAreOfTheStateAlone() throws Exception {
        answers.removeIf(golden -> golden.output().equals("logits"));
        assertThat(load(golden -> golden).golden()).isEqualTo(2);
        base = TinyBase.write(
                folder, new TinyGraph(TinyTokenizer.VOCABULARY, 1).mute().toBytes(), TinyGraph.LAYERS, 1);
        refused(golden -> golden, "model.onnx gives NaN as logits of its self-test; the weights are damaged.");
    }

    @Test
    void anotherSessionIsHeldAgainstTheCpu() throws Exception {
        BaseManifest manifest = base.read().manifest();
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.write(other.resolve("model.onnx"), new TinyGraph(TinyTokenizer.VOCABULARY, 2).toBytes());
        try (ModelGraph cpu = ModelGraph.open(folder, manifest.graph(), 1);
                ModelGraph same = ModelGraph.open(folder, manifest.graph(), 2);
                ModelGraph poisoned = ModelGraph.open(other, manifest.graph(), 1)) {
            assertThat(SelfTest.of(manifest).difference(cpu, same)).isLessThan(1e-5);
            Golden hit = new Golden(List.of(5, 2), "hidden", 32, 1, List.of(1.0), 0.1);
            assertThat(SelfTest.of(manifest.with(List.of(hit))).difference(cpu, poisoned))
                    .isInfinite();
        }
    }
}
