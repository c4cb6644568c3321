package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.codec.ListedFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulingTest {
    @TempDir
    Path folder;

    private TinyBase base;

    @BeforeEach
    void writeTheBase() throws Exception {
        base = TinyBase.write(folder);
    }

    @Test
    void candidatesLeaveNoProcessorIdleAndGiveNoneTwoRuns() {
        assertThat(candidates(1, 0, 0)).containsExactly("1x1");
        assertThat(candidates(2, 0, 0)).containsExactly("2x1", "1x2");
        assertThat(candidates(4, 0, 0)).containsExactly("4x1", "2x2", "1x4");
        assertThat(candidates(6, 0, 0)).containsExactly("6x1", "3x2", "1x4", "1x6");
        assertThat(candidates(4, 2, 0)).containsExactly("2x1", "2x2");
        assertThat(candidates(4, 8, 0)).containsExactly("8x1");
        assertThat(candidates(4, 0, 2)).containsExactly("2x2");
        assertThat(candidates(2, 0, 8)).containsExactly("1x8");
    }

    @Test
    void theFastestOfAllCandidatesIsTakenAndAllAreTold() throws Exception {
        Schedule chosen = scheduling(4, 1 << 20).choose(base.read(), wanted(0, 0));
        assertThat(chosen.origin()).isEqualTo(Schedule.Origin.MEASURED);
        assertThat(chosen.tried())
                .extracting(each -> each.runs() + "x" + each.threadsPerRun())
                .containsExactlyInAnyOrder("4x1", "2x2", "1x4");
        assertThat(chosen.tried()).allMatch(each -> each.textsPerSecond() > 0);
        Schedule.Tried first = chosen.tried().getFirst();
        assertThat(chosen.tried()).allMatch(each -> each.textsPerSecond() <= first.textsPerSecond());
        assertThat(List.of(chosen.runs(), chosen.threadsPerRun())).containsExactly(first.runs(), first.threadsPerRun());
        assertThat(chosen.told()).contains("measured").contains("4x1").contains("2x2");
    }

    @Test
    void whatIsConfiguredIsNotMeasuredAndALargeBaseIsNotLoadedForIt() throws Exception {
        Schedule configured = scheduling(4, 1 << 20).choose(base.read(), wanted(3, 2));
        assertThat(configured).isEqualTo(new Schedule(3, 2, Schedule.Origin.CONFIGURED, List.of()));
        Schedule large = scheduling(4, 1).choose(base.read(), wanted(0, 0));
        assertThat(large).isEqualTo(new Schedule(1, 4, Schedule.Origin.RULE, List.of()));
    }

    @Test
    void whatHasNoMemoryForAllCandidatesIsNotMeasured() throws Exception {
        long bytes = base.read().manifest().files().stream()
                .mapToLong(ListedFile::length)
                .sum();
        List<Long> asked = new ArrayList<>();
        Schedule small = scheduling(4, 1 << 20).choose(base.read(), wanted(0, 0), each -> !asked.add(each));
        assertThat(small).isEqualTo(new Schedule(1, 4, Schedule.Origin.RULE, List.of()));
        assertThat(asked).as("2x2, 4x1 and 1x4 take turns").containsExactly(3 * bytes);
        assertThat(scheduling(4, 1 << 20)
                        .choose(base.read(), wanted(0, 0), each -> each <= 3 * bytes)
                        .origin())
                .isEqualTo(Schedule.Origin.MEASURED);
    }

    @Test
    void whereAnotherProviderMayAnswerTheCpuIsNotMeasured() throws Exception {
        ProviderSettings any = new ProviderSettings("auto", Map.of(), Map.of(), Map.of(), 0.1, 1);
        FakeSessions sessions = new FakeSessions();
        Providers providers = new Providers(any, new ProviderSelection(any, sessions, System::nanoTime));
        EngineOptions wanted = new EngineOptions(0, 0, 1 << 20, 64, providers);
        assertThat(scheduling(4, 1 << 20).choose(base.read(), wanted).origin()).isEqualTo(Schedule.Origin.MEASURED);
        sessions.with("QNNExecutionProvider", ProcessorKind.NPU, Optional.of(folder));
        assertThat(scheduling(4, 1 << 20).choose(base.read(), wanted).origin()).isEqualTo(Schedule.Origin.RULE);
    }

    @Test
    void aBaseIsNotOpenedBeforeItsScheduleIsChosen() {
        assertThatThrownBy(() -> Base.open(base.read(), wanted(0, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not chosen yet");
    }

    private static List<String> candidates(int processors, int runs, int threads) {
        return scheduling(processors, 1).candidates(wanted(runs, threads)).stream()
                .map(each -> each.runs() + "x" + each.threadsPerRun())
                .toList();
    }

    private static Scheduling scheduling(int processors, long maxBytes) {
        return new Scheduling(processors, Duration.ofMillis(20), 3, 20, maxBytes);
    }

    private static EngineOptions wanted(int runs, int threads) {
        return new EngineOptions(runs, threads, 1 << 20, 64);
    }
}
