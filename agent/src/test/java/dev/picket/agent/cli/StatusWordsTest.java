package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.uplink.ReportParts;
import org.junit.jupiter.api.Test;

class StatusWordsTest {
    @Test
    void aRolloutIsToldWithItsStateItsReasonAndWhatWasFound() {
        assertThat(StatusCommand.rollout(
                        new ReportParts.Rollout("spring", 2, "factory/5", "rejected", "exam-failed", "Too slow.")))
                .isEqualTo("spring revision 2, factory/5: rejected(exam-failed), Too slow.");
        assertThat(StatusCommand.rollout(new ReportParts.Rollout("spring", 1, "factory/5", "fetching", "", "")))
                .isEqualTo("spring revision 1, factory/5: fetching");
    }
}
