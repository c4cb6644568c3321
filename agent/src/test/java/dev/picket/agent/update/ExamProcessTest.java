package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.Providers;
import dev.picket.inference.engine.Scheduling;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.ReleaseFile;
import dev.picket.ota.store.SetFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bases that do what no base should, each in the process that it is examined in. */
class ExamProcessTest {
    private static final EngineOptions ENGINE = new EngineOptions(2, 1, 1 << 20, 64);
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final long MEMORY = 512L << 20;
    private static final String TEXT =
            "Your parcel is held, call 09061234567 and pay the fee at http://example.test now";

    @TempDir
    Path folder;

    @AfterEach
    void noProcessAndNoFileIsLeft() throws Exception {
        try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
            List<String> left = children.filter(ProcessHandle::isAlive)
                    .map(each -> each.info().commandLine().orElse(""))
                    .filter(each -> each.contains(folder.toString()))
                    .toList();
            assertThat(left).isEmpty();
        }
        assertThat(folder.resolve("exam")).doesNotExist();
    }

    @Test
    void aSoundBaseAnswersAsItDoesInTheAgentAndItsProcessDiesFirstWhereMemoryRunsOut() throws Exception {
        SetFolder set = new SetOnDisk(folder).write(1);
        try (ExamProcess process = start(set, WITHIN);
                LoadedSet loaded = LoadedSet.load(set, null, new Schedules(ENGINE, Scheduling.usual(), _ -> true))) {
            Answer here = InAgent.of(loaded).answer("fraud", TEXT);
            Answer there = process.answer("fraud", TEXT);
            assertThat(there.label()).isEqualTo(here.label());
            assertThat(there.probabilities()).isEqualTo(here.probabilities());
            assertThat(there.latencyNanos()).isPositive();
            Path proc = Path.of("/proc/" + process.pid());
            assertThat(Files.readString(proc.resolve("oom_score_adj")).strip()).isEqualTo("1000");
            assertThat(Files.readString(proc.resolve("limits"))).doesNotContainPattern("Max data size +unlimited");
        }
    }

    @Test
    void aTextMayTakeThereAsLongAsInTheAgent() throws Exception {
        SetFolder set = new SetOnDisk(folder).write(1);
        EngineOptions hurried = new EngineOptions(2, 1, 1 << 20, 64, Providers.cpu(), Duration.ofMillis(1));
        try (ExamProcess process =
                ExamProcess.start(set, hurried, MEMORY, folder.resolve("exam"), Pace.SYSTEM, WITHIN)) {
            // As many tokens as a text may have, which no machine answers within a millisecond.
            assertThatThrownBy(() -> process.answer("fraud", TEXT.repeat(100)))
                    .isInstanceOf(RejectedException.class)
                    .hasMessageContaining("had no answer within 1 ms");
        }
    }

    @Test
    void itsHeapHoldsWhatTheSetBringsAndNoMoreThanTheAgents() throws Exception {
        InstalledSet set = new SetOnDisk(folder).write(1).set();
        long task = set.tasks().getFirst().files().stream()
                .mapToLong(ReleaseFile::length)
                .sum();
        long tokenizer = set.base().files().stream()
                .filter(file -> file.name().equals("tokenizer.json"))
                .mapToLong(ReleaseFile::length)
                .sum();
        long least = 160L << 20;
        assertThat(tokenizer).isPositive();
        assertThat(ExamProcess.heap(set, 1L << 30)).isEqualTo(least + 4 * task + 12 * tokenizer);
        assertThat(ExamProcess.heap(set, 96L << 20)).isEqualTo(least);
    }

    @Test
    void aBaseThatHangsIsKilledAtItsDeadline() throws Exception {
        SetFolder set =
                new SetOnDisk(folder).base("model.onnx", EvilGraph::hangs).write(1);
        refused(set, Duration.ofSeconds(6), "had not ended after 6000 ms, at loading the base");
    }

    @Test
    void aBaseThatAllocatesWithoutEndHitsItsOwnBoundAndNotTheAgents() throws Exception {
        SetFolder set =
                new SetOnDisk(folder).base("model.onnx", EvilGraph::allocates).write(1);
        refused(set, WITHIN, "");
    }

    @Test
    void aBaseThatAnswersNotANumberIsRefused() throws Exception {
        SetFolder set = new SetOnDisk(folder)
                .base("model.onnx.data", bytes -> {
                    byte[] all = new byte[bytes.length];
                    Arrays.fill(all, (byte) 0xff);
                    return all;
                })
                .write(1);
        refused(set, WITHIN, "NaN");
    }

    @Test
    void aBaseThatIsNoModelIsRefusedWithItsReason() throws Exception {
        SetFolder set = new SetOnDisk(folder)
                .base("model.onnx", bytes -> Arrays.copyOf(bytes, bytes.length / 2))
                .write(1);
        refused(set, WITHIN, "");
    }

    @Test
    void aProcessThatDiesInTheMiddleIsARefusalWithItsSignal() throws Exception {
        SetFolder set = new SetOnDisk(folder).write(1);
        try (ExamProcess process = start(set, WITHIN)) {
            process.answer("fraud", TEXT);
            assertThat(ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly())
                    .isTrue();
            assertThatThrownBy(() -> process.answer("fraud", TEXT))
                    .isInstanceOf(RejectedException.class)
                    .hasMessageContaining("was killed by signal 9")
                    .hasMessageContaining("at task fraud");
        }
    }

    private void refused(SetFolder set, Duration within, String why) {
        assertThatThrownBy(() -> start(set, within).close())
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.EXAM_FAILED))
                .hasMessageContaining(why)
                .satisfies(e -> System.out.println(e.getMessage()));
    }

    private ExamProcess start(SetFolder set, Duration within) throws Exception {
        return ExamProcess.start(set, ENGINE, MEMORY, folder.resolve("exam"), Pace.SYSTEM, within);
    }
}
