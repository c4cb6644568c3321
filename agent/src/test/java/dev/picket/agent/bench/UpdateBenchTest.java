package dev.picket.agent.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.ReleaseShop;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.update.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdateBenchTest {
    private static final Path BASE = ReleaseShop.RELEASED.resolve("base");
    private static final Path TASK = ReleaseShop.RELEASED.resolve("tasks/fraud");

    @TempDir
    Path folder;

    @Test
    void theFiguresAreOfWholeUpdatesAndNothingIsLeftBehind() throws Exception {
        UpdateBench bench = new UpdateBench(folder, BASE, TASK, "fraud", 1, 0);
        Result wire = bench.wire();
        assertThat(wire.name()).isEqualTo("update-wire-bytes");
        assertThat(wire.measured()).isGreaterThan((double) Files.size(TASK.resolve("adapter.onnx_adapter")));
        assertThat(wire.floor()).isGreaterThan(wire.measured() + (double) Files.size(BASE.resolve("model.onnx.data")));
        Result pause = bench.pause();
        assertThat(pause.measured()).isPositive();
        assertThat(pause.floor()).isPositive();
        Result shadow = bench.shadow();
        assertThat(shadow.measured()).isPositive();
        assertThat(shadow.floor()).isPositive();
        for (Step step : UpdateBench.STEPS) {
            assertThat(bench.step(step).name()).isEqualTo("update-step-" + step.wireName());
            assertThat(bench.step(step).measured()).isPositive();
        }
        assertNothingIsLeft();
    }

    @Test
    void whatIsNoTaskIsSkippedWithItsReason() throws Exception {
        UpdateBench bench = new UpdateBench(folder, BASE, BASE, "fraud", 1, 0);
        assertThatThrownBy(bench::wire)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("No update can be measured");
        assertNothingIsLeft();
    }

    @Test
    void aFileThatIsVerifiedIsLookedAtInAProcessOfItsOwn() throws Exception {
        Result memory = new VerifyBench(folder, 1, 20L << 20).run();
        assertThat(memory.name()).isEqualTo("update-verify-memory");
        assertThat(memory.measured()).isPositive();
        assertThat(memory.floor()).isPositive();
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() throws Exception {
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }
}
