package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.Classification;
import dev.picket.inference.Decision;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.update.FailedTrialException;
import dev.picket.ota.update.Finding;
import dev.picket.ota.update.Trial;
import dev.picket.ota.update.Watched;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each gate of a probation, just held and just not, and what a restart finds of it. */
class ProbationerTest {
    private static final String GATES = "max-failures: 0.05, max-escalation-rise: 0.2, min-texts: 20";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final FakePace pace = new FakePace();
    private final Watch watch = new Watch();
    private final Saved saved = new Saved();
    private int coldLoads;

    @Test
    void itWatchesForItsTimeOverOneColdLoad() throws Exception {
        seen(90, 0, 10, 100);
        Finding finding = run(GATES, Probationer.begin(MINUTE, Probationer.Before.UNKNOWN), 1.5);
        assertThat(finding.result()).isEqualTo(Finding.Result.PASSED);
        assertThat(finding.figures().getFirst().values())
                .containsEntry("texts", 100.0)
                .containsEntry("escalatedShare", 0.1);
        assertThat(pace.slept.stream().reduce(Duration.ZERO, Duration::plus)).isEqualTo(MINUTE);
        assertThat(coldLoads).isEqualTo(1);
        assertThat(saved.all)
                .first()
                .satisfies(first -> assertThat(first.coldLoaded()).isFalse());
        assertThat(saved.all.getLast().coldLoaded()).isTrue();
        assertThat(saved.all).hasSizeBetween(8, 14);
    }

    @Test
    void fiveFailuresOfAHundredPassAndSixDoNot() throws Exception {
        seen(95, 5, 0, 100);
        assertThat(run(GATES, begin(), 1.5).result()).isEqualTo(Finding.Result.PASSED);
        seen(0, 1, 0, 100);
        assertFails(GATES, begin(), "failed on 6 of 101 texts");
    }

    @Test
    void tooFewTextsProveNoRate() throws Exception {
        seen(0, 19, 0, 100);
        assertThat(run(GATES, begin(), 1.5).result()).isEqualTo(Finding.Result.PASSED);
        seen(0, 1, 0, 100);
        assertFails(GATES, begin(), "failed on 20 of 20");
    }

    @Test
    void theEscalatedShareMayRiseByAFifthAndNoMore() throws Exception {
        seen(70, 0, 30, 100);
        assertThat(run(GATES, begin(), 1.5).result()).isEqualTo(Finding.Result.PASSED);
        seen(0, 0, 1, 100);
        assertFails(GATES, begin(), "escalated a share of 0.3069");
        seen(0, 0, 900, 100);
        assertThat(run(GATES, Probationer.begin(MINUTE, Probationer.Before.UNKNOWN), 1.5)
                        .result())
                .isEqualTo(Finding.Result.PASSED);
    }

    @Test
    void theMedianMayTakeOneAndAHalfTimesAsLongAndNotTwice() throws Exception {
        seen(100, 0, 0, 130);
        assertThat(run(GATES, begin(), 1.5).result()).isEqualTo(Finding.Result.PASSED);
        seen(200, 0, 0, 200);
        assertFails(GATES, begin(), "1.50 times that is allowed");
        assertFails(GATES + ", max-latency: 1ms", Probationer.begin(MINUTE, Probationer.Before.UNKNOWN), "", 2_000_000);
    }

    @Test
    void whatWasLeftAndCountedBeforeARestartGoesOn() throws Exception {
        seen(97, 3, 0, 100);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> run(GATES, begin(), 1.5)).isInstanceOf(InterruptedException.class);
        Watched from = saved.all.getLast();
        assertThat(from.left()).isEqualTo(MINUTE);
        pace.whileAsleep = () -> {
            if (pace.slept.size() == 20) {
                Thread.currentThread().interrupt();
            }
        };
        assertThatThrownBy(() -> run(GATES, from, 1.5)).isInstanceOf(InterruptedException.class);
        assertThat(saved.all.getLast().left()).isEqualTo(Duration.ofSeconds(40));

        Watch again = new Watch();
        Probationer next =
                new Probationer(Trials.gates(GATES), withTexts(saved.all.getLast(), 50, 3), 1.5, again, new FakePace());
        for (int i = 0; i < 5; i++) {
            again.failed();
        }
        assertThatThrownBy(() -> next.run(saved, () -> coldLoads++)).hasMessageContaining("failed on 8 of 55");
        assertThat(coldLoads).isEqualTo(1);
    }

    @Test
    void aColdLoadThatFailsOrAnOrderEndsIt() {
        assertThatThrownBy(() -> prober(GATES, begin(), 1.5).run(saved, () -> {
                    throw new RejectedException(Reason.PROBATION_FAILED, "It rotted.");
                }))
                .hasMessage("It rotted.");
        saved.recalled = true;
        assertThatThrownBy(() -> run(GATES, begin(), 1.5)).hasMessage("Taken back.");
    }

    private static Watched withTexts(Watched from, double texts, double failed) {
        Map<String, Double> figures = new HashMap<>(from.figures());
        figures.put("texts", texts);
        figures.put("failed", failed);
        return new Watched(from.left(), from.coldLoaded(), figures);
    }

    /** The Set before escalated a tenth of 1,000 texts, and took 100 ns. */
    private static Watched begin() {
        return Probationer.begin(MINUTE, new Probationer.Before(new Watch.Counts(1000, 0, 100), 100));
    }

    private Finding run(String gates, Watched from, double ratio) throws Exception {
        return prober(gates, from, ratio).run(saved, () -> coldLoads++);
    }

    private Probationer prober(String gates, Watched from, double ratio) throws IOException {
        return new Probationer(Trials.gates(gates), from, ratio, watch, pace);
    }

    private void assertFails(String gates, Watched from, String why) {
        assertThatThrownBy(() -> run(gates, from, 1.5))
                .isInstanceOfSatisfying(FailedTrialException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.PROBATION_FAILED);
                    assertThat(e.finding().result()).isEqualTo(Finding.Result.FAILED);
                    assertThat(e.finding().figures().getFirst().values()).containsKey("texts");
                })
                .hasMessageContaining(why);
    }

    private void assertFails(String gates, Watched from, String why, long nanos) {
        seen(1000, 0, 0, nanos);
        assertFails(gates, from, why);
    }

    private void seen(int accepted, int failed, int escalated, long nanos) {
        for (int i = 0; i < accepted; i++) {
            watch.answered(ShadowCountTest.answer("a", nanos));
        }
        for (int i = 0; i < failed; i++) {
            watch.failed();
        }
        for (int i = 0; i < escalated; i++) {
            watch.answered(escalated(nanos));
        }
    }

    private static Classification escalated(long nanos) {
        Classification is = ShadowCountTest.answer("a", nanos);
        return new Classification(
                is.task(),
                is.baseDigest(),
                is.taskDigest(),
                is.labels(),
                is.probabilities(),
                is.label(),
                is.confidence(),
                is.priority(),
                new Decision.Escalate(),
                false,
                nanos);
    }

    private static final class Saved implements Trial.Probation {
        final List<Watched> all = new ArrayList<>();
        boolean recalled;

        @Override
        public List<Finding> findings() {
            return List.of();
        }

        @Override
        public Optional<Watched> watched() {
            return Optional.empty();
        }

        @Override
        public void save(Watched now) {
            all.add(now);
        }

        @Override
        public void check() throws RejectedException {
            if (recalled) {
                throw new RejectedException(Reason.ORDERED, "Taken back.");
            }
        }
    }
}
