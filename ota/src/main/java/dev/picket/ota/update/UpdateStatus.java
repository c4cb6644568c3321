package dev.picket.ota.update;

import dev.picket.ota.release.InstalledSet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where updates stand, for reports and pages.
 *
 * @param candidate the label of the Set on trial, {@code factory/4}
 * @param active the label of the Set that runs
 * @param proved whether the active Set has passed its probation
 * @param previous labels of the Sets that are kept, newest first
 * @param findings what the trial that runs, or the last one, found so far, one a part
 * @param watchLeft of the probation, as it was saved last; empty where there is none
 * @param fetchedBytes of the candidate's files, while they come
 * @param last how the last update ended
 * @param order the order that brought the candidate, or the active Set while it is on probation; empty for the channel
 */
public record UpdateStatus(
        Step step,
        Optional<String> candidate,
        Optional<String> active,
        boolean proved,
        List<String> previous,
        List<Finding> findings,
        Optional<Duration> watchLeft,
        long fetchedBytes,
        Optional<Ended> last,
        String order) {
    public UpdateStatus {
        previous = List.copyOf(previous);
        findings = List.copyOf(findings);
    }

    static UpdateStatus of(UpdateState state, long fetchedBytes) {
        boolean onTrial = state.step() == Step.SWITCHED || state.step() == Step.PROBATION;
        return new UpdateStatus(
                state.step(),
                Optional.ofNullable(state.candidate()).map(InstalledSet::label),
                Optional.ofNullable(state.active()).map(InstalledSet::label),
                state.active() != null && !onTrial,
                state.previous().stream().map(InstalledSet::label).toList(),
                state.trial().findings(),
                onTrial ? Optional.ofNullable(state.trial().watched()).map(Watched::left) : Optional.empty(),
                fetchedBytes,
                Optional.ofNullable(state.last()),
                state.orders().current());
    }
}
