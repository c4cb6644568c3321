package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.config.CacheConfig;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.Decision;
import dev.picket.inference.Stage;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.Schedule;
import dev.picket.inference.engine.Scheduling;
import dev.picket.ota.store.SetFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is answered from memory, with the released model. */
class ServingSetTest {
    private static final EngineOptions ENGINE = new EngineOptions(1, 1, 1 << 20, 64);
    private static final String TEXT =
            "Your parcel is held, call 09061234567 and pay the fee at http://parcel-fee.example now";

    @TempDir
    Path folder;

    private ServingSet serving = new ServingSet(new CacheConfig(100, 1 << 20));

    @AfterEach
    void close() {
        serving.close();
    }

    @Test
    void aTextThatComesAgainGetsItsAnswerWithoutARun() throws Exception {
        serve(new SetOnDisk(folder), 1);
        Classification first = serving.judge("fraud", TEXT);
        Classification again = serving.judge("fraud", TEXT);
        assertThat(first.cached()).isFalse();
        assertThat(again).isEqualTo(first.again(again.latencyNanos()));
        assertThat(again.latencyNanos()).isLessThan(first.latencyNanos());
        assertThat(serving.judge("fraud", TEXT + "!").cached()).isFalse();
        assertThat(serving.cache().hits()).isEqualTo(1);
        assertThat(serving.cache().entries()).isEqualTo(2);
        assertThat(serving.watch().orElseThrow().counts().texts()).isEqualTo(3);
        assertThat(serving.watch().orElseThrow().runs()).isEqualTo(2);
    }

    @Test
    void noAnswerOutlivesTheTaskThatGaveIt() throws Exception {
        serve(new SetOnDisk(folder), 1);
        Classification before = serving.judge("fraud", TEXT);
        serve(new SetOnDisk(folder).bias(0.5, 0.0, 0.0), 2);
        assertThat(serving.cache().entries()).isZero();
        Classification after = serving.judge("fraud", TEXT);
        assertThat(after.cached()).isFalse();
        assertThat(after.taskDigest()).isNotEqualTo(before.taskDigest());
        assertThat(after.probabilities()).isNotEqualTo(before.probabilities());
    }

    @Test
    void theSameSetLoadedAnewStillKnowsItsAnswers() throws Exception {
        serve(new SetOnDisk(folder), 1);
        serving.judge("fraud", TEXT);
        serve(new SetOnDisk(folder), 1);
        assertThat(serving.judge("fraud", TEXT).cached()).isTrue();
    }

    @Test
    void whereItIsOffEachTextIsRun() throws Exception {
        serving = new ServingSet(CacheConfig.OFF);
        serve(new SetOnDisk(folder), 1);
        serving.judge("fraud", TEXT);
        assertThat(serving.judge("fraud", TEXT).cached()).isFalse();
        assertThat(serving.cache().misses()).isZero();
    }

    @Test
    void whatTheFirstStageIsSureOfIsNotAskedOfTheBase() throws Exception {
        serve(new SetOnDisk(folder).firstStage("smishing", 0), 1);
        LoadedSet set = Objects.requireNonNull(serving.loaded());
        Classification quick = serving.judge("fraud", TEXT);
        assertThat(quick.label()).isEqualTo("smishing");
        assertThat(quick.stage()).isEqualTo(Stage.FIRST);
        assertThat(quick.task()).isEqualTo("fraud");
        assertThat(quick.taskDigest())
                .isEqualTo(Objects.requireNonNull(set.first()).taskDigest("quick"));
        assertThat(quick.decision()).isEqualTo(new Decision.Accept());
        Classification other = serving.judge("fraud", "Lunch is at noon in the canteen");
        assertThat(other.stage()).isEqualTo(Stage.MAIN);
        assertThat(other.taskDigest()).isEqualTo(set.classifier().taskDigest("fraud"));
        Classification again = serving.judge("fraud", TEXT);
        assertThat(again).isEqualTo(quick.again(again.latencyNanos()));
        assertThat(again.stage()).isEqualTo(Stage.FIRST);
        assertThat(serving.tasks()).containsExactly("fraud");
    }

    @Test
    void belowItsThresholdTheBaseAnswersAsItDoesAlone() throws Exception {
        serve(new SetOnDisk(folder).firstStage("smishing", 1), 1);
        Classification answer = serving.judge("fraud", TEXT);
        assertThat(answer.stage()).isEqualTo(Stage.MAIN);
        serve(new SetOnDisk(folder), 2);
        assertThat(serving.judge("fraud", TEXT).probabilities()).isEqualTo(answer.probabilities());
    }

    @Test
    void anotherFirstStageIsAnotherQuestionToTheCache() throws Exception {
        serve(new SetOnDisk(folder).firstStage("smishing", 0), 1);
        serving.judge("fraud", TEXT);
        serve(new SetOnDisk(folder).firstStage("smishing", 0.001), 2);
        assertThat(serving.judge("fraud", TEXT).cached()).isFalse();
    }

    @Test
    void whoAsksByHandIsAnsweredByTheSameSetAndLeavesNoTrace() throws Exception {
        serve(new SetOnDisk(folder), 1);
        Classification asked = serving.ask("fraud", TEXT);
        assertThat(serving.judge("fraud", TEXT).cached()).isFalse();
        assertThat(asked.probabilities()).isEqualTo(serving.judge("fraud", TEXT).probabilities());
        assertThat(serving.cache().misses()).isEqualTo(1);
        assertThat(serving.cache().hits()).isEqualTo(1);
        assertThat(serving.ask("fraud", TEXT).cached()).as("a reading's answer").isTrue();
        assertThat(serving.ask("fraud", TEXT + "!").cached()).isFalse();
        assertThat(serving.cache().misses()).isEqualTo(1);
        assertThat(serving.cache().hits()).isEqualTo(1);
        assertThat(serving.cache().entries()).isEqualTo(1);
        assertThat(serving.schedule().orElseThrow().origin()).isEqualTo(Schedule.Origin.CONFIGURED);
    }

    @Test
    void filesOfATaskThatIsInMemoryAreNotReadAgain() throws Exception {
        serve(new SetOnDisk(folder), 1);
        SetFolder same = new SetOnDisk(folder).write(2);
        for (String file : List.of("adapter.onnx_adapter", "head.safetensors", "task.json")) {
            Files.delete(same.task("fraud").resolve(file));
        }
        Schedules schedules = new Schedules(ENGINE, Scheduling.usual(), _ -> true);
        assertThatThrownBy(() -> LoadedSet.load(same, null, schedules)).isInstanceOf(BadArtefactException.class);
        serving.switchTo(LoadedSet.load(same, serving.loaded(), schedules));
        assertThat(serving.ask("fraud", TEXT).label()).isEqualTo("smishing");
    }

    private void serve(SetOnDisk set, long counter) throws Exception {
        serving.switchTo(LoadedSet.load(
                set.write(counter), serving.loaded(), new Schedules(ENGINE, Scheduling.usual(), _ -> true)));
    }
}
