package dev.picket.ota.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether an offered Set may be tried here, given what is installed. Pure rules. */
final class Admission {
    private final UpdateState state;
    private final UpdateSettings settings;

    Admission(UpdateState state, UpdateSettings settings) {
        this.state = state;
        this.settings = settings;
    }

    /**
     * The Set as it will be installed: a task that runs stays beside the same base, where the Set does not name it. The
     * installed Set counts as new again when this gateway runs a task of it that was left out then.
     *
     * @return empty when it is installed with all its tasks, or failed here before
     * @throws RejectedException OLDER than what was ever installed of that name; TASK_MISSING when it replaces the base
     *     and would lose a task that runs
     */
    Optional<InstalledSet> admit(InstalledSet offered) throws RejectedException {
        if (isInstalled(offered)) {
            return Optional.empty();
        }
        if (!hasActiveManifest(offered)) {
            checkNewer(offered, offered.counter() - 1);
        }
        return Optional.of(withRunningTasks(offered))
                .filter(each -> state.refusal(each).isEmpty());
    }

    /**
     * The same for a Set that people ordered by name: the newest of its name may come back after another, and what failed
     * here, or is older, is refused in so many words unless they say that they want it all the same.
     *
     * @return empty when it is installed with all its tasks
     */
    Optional<InstalledSet> admit(InstalledSet ordered, boolean downgrade, boolean again) throws RejectedException {
        if (isInstalled(ordered)) {
            return Optional.empty();
        }
        if (!downgrade && !hasActiveManifest(ordered)) {
            checkNewer(ordered, ordered.counter());
        }
        InstalledSet whole = withRunningTasks(ordered);
        Optional<Ended> failed = state.refusal(whole).filter(_ -> !again);
        if (failed.isPresent()) {
            throw new RejectedException(
                    Reason.FAILED_BEFORE,
                    "Set " + ordered.label() + " failed here before: "
                            + failed.get().sentence());
        }
        return Optional.of(whole);
    }

    private boolean isInstalled(InstalledSet offered) {
        InstalledSet active = state.active();
        return active != null && hasActiveManifest(offered) && active.tasks().containsAll(offered.tasks());
    }

    private boolean hasActiveManifest(InstalledSet offered) {
        InstalledSet active = state.active();
        return active != null && active.digest().equals(offered.digest());
    }

    private void checkNewer(InstalledSet offered, long mayBeThere) throws RejectedException {
        long highest = state.counters().getOrDefault(offered.name(), 0L);
        InstalledSet active = state.active();
        if (active != null && active.name().equals(offered.name())) {
            highest = Math.max(highest, active.counter());
        }
        if (highest > mayBeThere) {
            throw new RejectedException(
                    Reason.OLDER,
                    "Set " + offered.label() + " is not newer than " + offered.name() + "/" + highest
                            + ", which was installed.");
        }
    }

    private InstalledSet withRunningTasks(InstalledSet offered) throws RejectedException {
        InstalledSet active = state.active();
        if (active == null) {
            return offered;
        }
        Set<String> named = offered.tasks().stream().map(Release::name).collect(Collectors.toSet());
        List<Release> missing = active.tasks().stream()
                .filter(each -> settings.runs(each.name()) && !named.contains(each.name()))
                .toList();
        if (!missing.isEmpty() && !active.base().digest().equals(offered.base().digest())) {
            throw new RejectedException(
                    Reason.TASK_MISSING,
                    "Set " + offered.label() + " replaces the base and has no task "
                            + missing.getFirst().name() + ", which runs.");
        }
        List<Release> tasks = new ArrayList<>(offered.tasks());
        tasks.addAll(missing);
        return new InstalledSet(
                offered.name(), offered.counter(), offered.digest(), offered.base(), tasks, offered.firstStage());
    }
}
