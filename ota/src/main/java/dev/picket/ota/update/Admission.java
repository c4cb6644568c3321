package dev.picket.ota.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.Release;
import java.util.ArrayList;
import java.util.List;
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

    /** Whether it is neither installed nor one that failed here before. */
    boolean isNew(InstalledSet offered) {
        InstalledSet active = state.active();
        boolean installed = active != null && active.digest().equals(offered.digest());
        return !installed && state.refusal(offered.digest()).isEmpty();
    }

    /**
     * The Set as it will be installed: a task that runs stays beside the same base, where the Set does not name it.
     *
     * @throws RejectedException OLDER than what was ever installed of that name; TASK_MISSING when it replaces the base
     *     and would lose a task that runs
     */
    InstalledSet admit(InstalledSet offered) throws RejectedException {
        checkNewer(offered);
        return withRunningTasks(offered);
    }

    private void checkNewer(InstalledSet offered) throws RejectedException {
        long highest = state.counters().getOrDefault(offered.name(), 0L);
        InstalledSet active = state.active();
        if (active != null && active.name().equals(offered.name())) {
            highest = Math.max(highest, active.counter());
        }
        if (offered.counter() <= highest) {
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
        return new InstalledSet(offered.name(), offered.counter(), offered.digest(), offered.base(), tasks);
    }
}
