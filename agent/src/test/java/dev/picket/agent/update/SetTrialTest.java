package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.Stage;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.exam.ExamRow;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.store.SetFolder;
import dev.picket.ota.update.FailedTrialException;
import dev.picket.ota.update.Figures;
import dev.picket.ota.update.Finding;
import dev.picket.ota.update.Trial;
import dev.picket.ota.update.Watched;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real Sets of the released model through exam, shadow, switch and probation; each gate held and not held. */
class SetTrialTest {
    private static final String GATES = "shadow-readings: 20, shadow-time: 2s, probation: 3s, min-texts: 10";

    @TempDir
    Path folder;

    private final ServingSet serving = new ServingSet();
    private final FakePace pace = new FakePace();
    private final List<Watched> saved = new ArrayList<>();
    private long memory = Long.MAX_VALUE;
    private List<String> ham = List.of();
    private List<String> other = List.of();
    private SetFolder incumbent;
    private SetTrial trial;

    @BeforeEach
    void aSetThatServes() throws Exception {
        incumbent = new SetOnDisk(folder).write(1);
        trial = trial(GATES);
        trial.switchTo(incumbent);
        List<String> isHam = new ArrayList<>();
        List<String> isOther = new ArrayList<>();
        for (ExamRow row : SetOnDisk.rows()) {
            (serving.judge("fraud", row.text()).label().equals("ham") ? isHam : isOther).add(row.text());
        }
        ham = isHam;
        other = isOther;
        assertThat(other).hasSizeGreaterThan(10);
    }

    @AfterEach
    void close() {
        trial.release();
        serving.close();
    }

    @Test
    void aTaskIsExaminedInTheAgentAndItsFiguresAreKept() throws Exception {
        Finding finding = examine(new SetOnDisk(folder).bias(0.001, 0.0, 0.0), trial);
        assertThat(finding.result()).isEqualTo(Finding.Result.PASSED);
        assertThat(finding.figures().getFirst().of()).isEqualTo("fraud");
        assertThat(finding.figures().getFirst().values())
                .containsEntry("rows", 60.0)
                .containsKeys("agreement", "meanDifference", "macroF1", "p95Millis", "latencyRatio");
        assertThat(folder.resolve("exam")).doesNotExist();
    }

    @Test
    void aTaskThatAnswersOtherwiseThanItsDeskFailsWithItsFigures() {
        assertThatThrownBy(() -> examine(new SetOnDisk(folder).bias(9.0, 0.0, 0.0), trial))
                .isInstanceOfSatisfying(FailedTrialException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.EXAM_FAILED);
                    assertThat(e.finding().figures().getFirst().values()).containsKeys("agreement", "macroF1");
                })
                .hasMessageContaining("desk's label");
    }

    @Test
    void anExamOfOneLabelFails() {
        assertThatThrownBy(() -> examine(
                        new SetOnDisk(folder)
                                .exam(rows -> rows.stream()
                                        .filter(row -> row.label().equals("ham"))
                                        .toList()),
                        trial))
                .hasMessageContaining("of 1 labels, and needs them of 2");
    }

    @Test
    void latenciesPassWhereTheyMayAndFailWhereNot() throws Exception {
        SetTrial generous = trial(GATES + ", max-latency: 60s");
        examine(new SetOnDisk(folder).bias(0.001, 0.0, 0.0), generous);
        generous.release();
        SetTrial strict = trial(GATES + ", max-latency-ratio: 0.0001");
        assertThatThrownBy(() -> examine(new SetOnDisk(folder).bias(0.001, 0.0, 0.0), strict))
                .hasMessageContaining("times the incumbent's p95");
        assertThatThrownBy(() ->
                        examine(new SetOnDisk(folder).bias(0.001, 0.0, 0.0).maxLatencyRatio(0.0001), trial))
                .hasMessageContaining("times the incumbent's p95");
    }

    @Test
    void aBaseIsExaminedInAProcessOfItsOwnAndAnEvilOneLeavesTheAgentServing() throws Exception {
        Finding finding = examine(new SetOnDisk(folder).base("config.json", bytes -> new byte[] {'{', '}'}), trial);
        assertThat(finding.figures().getFirst().values()).containsKey("latencyRatio");
        assertThat(serving.label()).contains("factory/1");
        SetTrial hurried = trial(GATES + ", exam-within: 5s");
        assertThatThrownBy(() -> hurried.examine(
                        new SetOnDisk(folder)
                                .base("model.onnx", EvilGraph::hangs)
                                .write(3),
                        incumbent,
                        () -> {}))
                .hasMessageContaining("had not ended after 5000 ms");
        assertThat(serving.judge("fraud", ham.getFirst()).label()).isEqualTo("ham");
    }

    @Test
    void whereNothingServesTheExamBringsBackWhatItComparesWith() throws Exception {
        serving.stop("an exam failed to load it again");
        Finding finding = examine(new SetOnDisk(folder).bias(0.001, 0.0, 0.0), trial);
        assertThat(serving.label()).contains("factory/1");
        assertThat(finding.figures().getFirst().values()).containsKey("latencyRatio");
    }

    @Test
    void aFirstStageIsExaminedOnItsOwnBaseAndTheSwitchLetsItAnswer() throws Exception {
        SetFolder set = new SetOnDisk(folder).firstStage("ham", 0).write(2);
        Finding finding = trial.examine(set, incumbent, () -> {});
        assertThat(finding.figures()).extracting(Figures::of).containsExactly("fraud", "quick", "fraud after quick");
        assertThat(finding.figures().get(1).values()).containsEntry("rows", 60.0);
        assertThat(finding.figures().getLast().values().get("firstStage")).isBetween(10.0, 59.0);
        assertThat(finding.sentence()).contains("fraud after quick: ");
        trial.switchTo(set);
        assertThat(serving.judge("fraud", ham.getFirst()).stage()).isEqualTo(Stage.FIRST);
        assertThat(serving.judge("fraud", other.getFirst()).stage()).isEqualTo(Stage.MAIN);
        Finding known =
                trial.examine(new SetOnDisk(folder).firstStage("ham", 0.001).write(3), set, () -> {});
        assertThat(known.figures().get(1).values()).containsKey("latencyRatio");
    }

    @Test
    void aFirstStageThatIsSureAndWrongIsRefusedThoughEachTaskPassesAlone() throws Exception {
        SetFolder wrong = new SetOnDisk(folder).firstStageThatSaysHam().write(2);
        assertThatThrownBy(() -> trial.examine(wrong, incumbent, () -> {}))
                .isInstanceOfSatisfying(FailedTrialException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.EXAM_FAILED);
                    assertThat(e.finding().figures())
                            .extracting(Figures::of)
                            .containsExactly("fraud", "quick", "fraud after quick");
                    assertThat(e.finding().figures().getLast().values()).containsEntry("firstStage", 60.0);
                })
                .hasMessageContaining("The exam of fraud after quick let 60 rows through as 'ham'")
                .hasMessageContaining("its threshold promises a share of at most 0.1000");
        assertThat(serving.label()).contains("factory/1");
        SetFolder right = new SetOnDisk(folder).firstStage("ham", 0.5).write(3);
        trial.switchTo(right);
        // The first stage's base serves now, so the same is found in the agent.
        assertThatThrownBy(() -> trial.examine(wrong, right, () -> {})).hasMessageContaining("let 60 rows through");
        assertThat(serving.label()).contains("factory/3");
    }

    @Test
    void theShadowCountsAFifthOfChangedLabelsAsTheMostThatPasses() throws Exception {
        // Its answer is always "ham": each other text is a changed label.
        SetOnDisk always = new SetOnDisk(folder).bias(99.0, 0.0, 0.0);
        feed(texts(16, 4));
        Finding finding = trial.shadow(always.write(2), incumbent, () -> {});
        assertThat(finding.result()).isEqualTo(Finding.Result.PASSED);
        assertThat(finding.figures().getFirst().values())
                .containsEntry("n", 20.0)
                .containsEntry("changedShare", 0.2);
        assertThat(serving.watch().orElseThrow().counts().texts()).isEqualTo(serving() + 20);

        SetTrial next = trial(GATES);
        feed(texts(15, 5));
        assertThatThrownBy(() -> next.shadow(always.write(3), incumbent, () -> {}))
                .isInstanceOfSatisfying(
                        FailedTrialException.class, e -> assertThat(e.reason()).isEqualTo(Reason.SHADOW_FAILED))
                .hasMessageContaining("changed 5 labels of 20, and a share of 0.2000 is allowed");
        next.release();
        SetTrial tight = trial(GATES + ", max-change: 0.1");
        feed(texts(16, 4));
        assertThatThrownBy(() -> tight.shadow(always.write(4), incumbent, () -> {}))
                .hasMessageContaining("a share of 0.1000 is allowed");
        tight.release();
    }

    @Test
    void tooFewReadingsLetATaskGoOnAndHoldABase() throws Exception {
        feed(texts(5, 0));
        Finding task = trial.shadow(new SetOnDisk(folder).bias(0.001, 0.0, 0.0).write(2), incumbent, () -> {});
        assertThat(task.result()).isEqualTo(Finding.Result.INCONCLUSIVE);
        assertThat(task.figures().getFirst().values()).containsEntry("n", 5.0);
        trial.release();

        SetFolder base = new SetOnDisk(folder)
                .base("config.json", bytes -> new byte[] {'{', '}'})
                .write(3);
        feed(texts(12, 0));
        assertThat(trial.shadow(base, incumbent, () -> {}).result()).isEqualTo(Finding.Result.HELD);
        feed(texts(8, 0));
        assertThat(trial.shadow(base, incumbent, () -> {}).result()).isEqualTo(Finding.Result.PASSED);
    }

    @Test
    void aBaseWithoutMemoryForTwoSkipsTheShadowAndIsWatchedTwiceAsLong() throws Exception {
        SetFolder base = new SetOnDisk(folder)
                .base("config.json", bytes -> new byte[] {'{', '}'})
                .write(2);
        memory = 0;
        assertThat(trial.examine(base, incumbent, () -> {}).result()).isEqualTo(Finding.Result.PASSED);
        assertThat(serving.label()).contains("factory/1");
        Finding shadow = trial.shadow(base, incumbent, () -> {});
        assertThat(shadow.result()).isEqualTo(Finding.Result.SKIPPED_MEMORY);
        trial.switchTo(base);
        assertThat(serving.label()).contains("factory/2");

        trial.probation(base, probation(List.of(shadow)));
        assertThat(saved.getFirst().left()).isEqualTo(Duration.ofSeconds(6));
        trial.switchTo(incumbent);
        trial.probation(incumbent, probation(List.of()));
        assertThat(saved.getLast().left()).isEqualTo(Duration.ofSeconds(3));
        assertThat(pace.slept.stream().reduce(Duration.ZERO, Duration::plus)).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void theColdLoadOfAProbationFindsWhatRottedSinceTheSwitch() throws Exception {
        SetFolder next = new SetOnDisk(folder).bias(0.001, 0.0, 0.0).write(2);
        feed(texts(20, 0));
        trial.shadow(next, incumbent, () -> {});
        trial.switchTo(next);
        assertThat(trial.probation(next, probation(List.of())).result()).isEqualTo(Finding.Result.PASSED);
        assertThat(serving.label()).contains("factory/2");

        SetFolder third = new SetOnDisk(folder).bias(0.002, 0.0, 0.0).write(3);
        SetTrial again = trial(GATES);
        feed(texts(20, 0));
        again.shadow(third, next, () -> {});
        again.switchTo(third);
        Files.writeString(third.base().resolve("model.onnx.data"), "rotten");
        assertThatThrownBy(() -> again.probation(third, probation(List.of())))
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.PROBATION_FAILED))
                .hasMessageContaining("could not be loaded from the disk again");
    }

    @Test
    void aShadowThatIsBehindShedsAndTheServingPathDoesNotWait() throws Exception {
        pace.whileAsleep = () -> {
            pace.whileAsleep = () -> {};
            for (int i = 0; i < 100; i++) {
                judge(ham.get(i % ham.size()));
            }
        };
        Finding finding =
                trial.shadow(new SetOnDisk(folder).bias(0.001, 0.0, 0.0).write(2), incumbent, () -> {});
        assertThat(finding.figures().getFirst().values()).containsEntry("n", 20.0);
        assertThat(finding.figures().getLast().values()).containsEntry("shed", 36.0);
    }

    private long serving() {
        return ham.size() + (long) other.size();
    }

    private List<String> texts(int hams, int others) {
        List<String> all = new ArrayList<>(ham.subList(0, hams));
        all.addAll(other.subList(0, others));
        return all;
    }

    /** The texts come as readings while the shadow looks for some, the first of them when it first looks. */
    private void feed(List<String> texts) {
        List<String> left = new ArrayList<>(texts);
        pace.whileAsleep = () -> {
            List<String> now = List.copyOf(left);
            left.clear();
            now.forEach(this::judge);
        };
    }

    private void judge(String text) {
        try {
            serving.judge("fraud", text);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Finding examine(SetOnDisk set, SetTrial by) throws Exception {
        return by.examine(set.write(2), incumbent, () -> {});
    }

    private SetTrial trial(String gates) throws Exception {
        return new SetTrial(
                serving,
                new TrialSettings(
                        new EngineOptions(2, 1, 1 << 20, 64),
                        Trials.gates(gates),
                        folder.resolve("exam"),
                        new Room(() -> memory, 0, 2)),
                pace);
    }

    private Trial.Probation probation(List<Finding> findings) {
        return new Trial.Probation() {
            @Override
            public List<Finding> findings() {
                return findings;
            }

            @Override
            public Optional<Watched> watched() {
                return Optional.empty();
            }

            @Override
            public void save(Watched now) {
                saved.add(now);
            }

            @Override
            public void check() {}
        };
    }
}
