package dev.picket.agent.status;

import dev.picket.agent.uplink.TrialReport;
import dev.picket.ota.Reason;
import dev.picket.ota.update.Ended;
import dev.picket.ota.update.Finding;
import dev.picket.ota.update.UpdateStatus;
import java.time.Duration;

/** The state of updates in the words of the report. */
final class TrialView {
    private TrialView() {}

    static TrialReport of(UpdateStatus status) {
        return new TrialReport(
                status.step().wireName(),
                status.candidate().orElse(null),
                status.active().orElse(null),
                status.proved(),
                status.previous(),
                status.findings().stream().map(TrialView::part).toList(),
                status.watchLeft().map(Duration::toMillis).orElse(null),
                status.last().map(TrialView::end).orElse(null));
    }

    private static TrialReport.Part part(Finding finding) {
        return new TrialReport.Part(
                finding.part().wireName(),
                finding.result().wireName(),
                finding.sentence(),
                finding.figures().stream()
                        .map(each -> new TrialReport.Measured(each.of(), each.values()))
                        .toList());
    }

    private static TrialReport.End end(Ended end) {
        return new TrialReport.End(
                end.set(),
                end.step().wireName(),
                end.reason().map(Reason::wireName).orElse(null),
                end.sentence(),
                end.at().toString());
    }
}
