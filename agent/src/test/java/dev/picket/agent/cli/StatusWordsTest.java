package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.status.AgentStatus;
import dev.picket.agent.uplink.ReportParts;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusWordsTest {
    @Test
    void whenceAnswersCameIsToldWithWhatWasNotAsked() {
        assertThat(StatusCommand.answers(new AgentStatus.Answers(120, 30, 850, 90, 30_000, Map.of("fraud", 40L))))
                .isEqualTo("120 by the base, 30 by the first stage, 850 cached (85 %), not asked: {fraud=40}");
        assertThat(StatusCommand.answers(new AgentStatus.Answers(0, 0, 0, 0, 0, Map.of())))
                .isEqualTo("0 by the base, 0 by the first stage, 0 cached (0 %)");
    }

    @Test
    void aRolloutIsToldWithItsStateItsReasonAndWhatWasFound() {
        assertThat(StatusCommand.rollout(
                        new ReportParts.Rollout("spring", 2, "factory/5", "rejected", "exam-failed", "Too slow.")))
                .isEqualTo("spring revision 2, factory/5: rejected(exam-failed), Too slow.");
        assertThat(StatusCommand.rollout(new ReportParts.Rollout("spring", 1, "factory/5", "fetching", "", "")))
                .isEqualTo("spring revision 1, factory/5: fetching");
    }
}
