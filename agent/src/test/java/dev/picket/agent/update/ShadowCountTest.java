package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.Classification;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.TaskManifest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each gate of the shadow, just held and just not. */
class ShadowCountTest {
    private static final String GATES = "shadow-readings: 100, max-failures: 0.05, min-texts: 20";

    @Test
    void twentyOfAHundredLabelsMayChangeWhereAFifthIsDeclaredAndTwentyOneMayNot() throws Exception {
        ShadowCount count = count(GATES, 0.2, 1.5);
        seen(count, 80, "a", "a", 100);
        seen(count, 20, "a", "b", 100);
        assertThat(count.isComplete()).isTrue();
        assertThat(count.fault()).isEmpty();
        assertThat(count.figures().values()).containsEntry("changedShare", 0.2).containsEntry("n", 100.0);

        ShadowCount one = count(GATES, 0.2, 1.5);
        seen(one, 21, "a", "b", 100);
        assertThat(one.isComplete()).isFalse();
        assertThat(one.fault()).get().asString().contains("changed 21 labels of 21", "0.2000 is allowed");
    }

    @Test
    void whatComesAfterEnoughChangesNothingAndIsNotKept() throws Exception {
        ShadowCount count = count(GATES, 0.2, 1.5);
        seen(count, 100, "a", "a", 100);
        seen(count, 1_000, "a", "b", 1_000);
        count.failed();

        assertThat(count.fault()).isEmpty();
        assertThat(count.figures().values())
                .containsEntry("n", 100.0)
                .containsEntry("changedShare", 0.0)
                .containsEntry("failed", 0.0)
                .containsEntry("latencyRatio", 1.0);
    }

    @Test
    void theGatewayTightensWhatTheReleaseDeclaresAndNeverWidensIt() throws Exception {
        ShadowCount tight = count(GATES + ", max-change: 0.1", 0.2, 1.5);
        seen(tight, 10, "a", "b", 100);
        assertThat(tight.fault()).isEmpty();
        seen(tight, 1, "a", "b", 100);
        assertThat(tight.fault()).isPresent();
        ShadowCount wide = count(GATES + ", max-change: 0.9", 0.2, 1.5);
        seen(wide, 21, "a", "b", 100);
        assertThat(wide.fault()).isPresent();
    }

    @Test
    void labelsThatAreNewToTheTaskAreNoChange() throws Exception {
        ShadowCount count = count(GATES, 0, 1.5);
        seen(count, 100, "a", "c", 100);
        assertThat(count.fault()).isEmpty();
        assertThat(count.figures().values()).containsEntry("newLabels", 100.0).containsEntry("changedShare", 0.0);
    }

    @Test
    void fiveTextsOfAHundredMayFailAndSixMayNot() throws Exception {
        ShadowCount count = count(GATES, 0.2, 1.5);
        for (int i = 0; i < 5; i++) {
            count.failed();
        }
        assertThat(count.fault()).isEmpty();
        count.failed();
        assertThat(count.fault()).get().asString().contains("failed on 6 texts");
    }

    @Test
    void aMedianOfOneAndAHalfTimesTheIncumbentsPassesAndMoreFails() throws Exception {
        ShadowCount count = count(GATES, 0.2, 1.5);
        seen(count, 100, "a", "a", 150);
        assertThat(count.fault()).isEmpty();
        ShadowCount slow = count(GATES, 0.2, 1.5);
        seen(slow, 99, "a", "a", 151);
        assertThat(slow.fault()).isEmpty();
        seen(slow, 1, "a", "a", 151);
        assertThat(slow.fault()).get().asString().contains("1.51 times");
        ShadowCount tight = count(GATES + ", max-latency-ratio: 1.2", 0.2, 1.5);
        seen(tight, 100, "a", "a", 121);
        assertThat(tight.fault()).isPresent();
    }

    @Test
    void theGatewaysOwnCeilingCountsWhateverTheIncumbentTakes() throws Exception {
        ShadowCount count = count(GATES + ", max-latency: 1ms", 0.2, 1000);
        seen(count, 100, "a", "a", 1_000_000);
        assertThat(count.fault()).isEmpty();
        ShadowCount slow = count(GATES + ", max-latency: 1ms, max-latency-ratio: 1000", 0.2, 1000);
        seen(slow, 94, "a", "a", 1000);
        seen(slow, 6, "a", "a", 1_000_001);
        assertThat(slow.fault()).get().asString().contains("allows 1 ms");
    }

    private static void seen(ShadowCount count, int times, String serving, String shadow, long nanos) {
        for (int i = 0; i < times; i++) {
            count.answered(answer(serving, nanos > 1000 ? 1_000_000 : 100), answer(shadow, nanos));
        }
    }

    private static ShadowCount count(String gates, double maxChange, double maxLatencyRatio) throws Exception {
        return new ShadowCount(
                Trials.gates(gates),
                task(List.of("a", "b", "c"), maxChange, maxLatencyRatio),
                task(List.of("a", "b"), 0, 0));
    }

    static Classification answer(String label, long nanos) {
        return new Classification(
                "fraud",
                "base",
                "task",
                List.of("a", "b"),
                List.of(0.5f, 0.5f),
                label,
                0.5f,
                Priority.ROUTINE,
                new Decision.Accept(),
                false,
                nanos);
    }

    static TaskManifest task(List<String> labels, double maxChange, double maxLatencyRatio) {
        return new TaskManifest(
                "fraud",
                "1",
                "0".repeat(64),
                labels.stream()
                        .map(each -> new TaskManifest.Label(each, Priority.ROUTINE, false))
                        .toList(),
                new Scoring.Head(),
                new TaskManifest.Prompt("", "", 64),
                new TaskManifest.Calibration(1, List.of(0.0, 0.0), "0".repeat(64), 1, "cpu", "x86-64"),
                new TaskManifest.DecisionRule(null, Map.of()),
                null,
                new TaskManifest.ExamGates(0.98, 0.02, 0, maxLatencyRatio),
                maxChange,
                List.of());
    }
}
