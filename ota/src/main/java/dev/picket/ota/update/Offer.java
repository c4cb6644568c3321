package dev.picket.ota.update;

import dev.picket.ota.Hashes;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.release.Channel;
import dev.picket.ota.release.FirstStage;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.release.Versions;
import dev.picket.ota.tuf.TargetFile;
import dev.picket.ota.tuf.TrustedTargets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From a channel's name to the Set that it names, and from that to every release in it, all of them trusted targets. */
final class Offer {
    private final TrustedTargets targets;
    private final UpdateSettings settings;

    Offer(TrustedTargets targets, UpdateSettings settings) {
        this.targets = targets;
        this.settings = settings;
    }

    /** The path of the Set that the channel names. */
    String channel() throws RejectedException, UnavailableException, InterruptedException {
        String path = Channel.path(settings.channel());
        return Channel.parse(path, followed(path)).set();
    }

    /** The Set of that path, without the tasks that this gateway does not run. */
    InstalledSet read(String path) throws RejectedException, UnavailableException, InterruptedException {
        byte[] bytes = followed(path);
        SetManifest set = SetManifest.parse(path, bytes, settings.limits());
        Release base = member(set.base());
        List<Release> tasks = new ArrayList<>();
        for (SetManifest.Member each : set.tasks()) {
            if (settings.runs(each.name())) {
                tasks.add(task(member(each), base));
            }
        }
        InstalledSet offered =
                new InstalledSet(set.name(), set.counter(), Hashes.sha256(bytes), base, tasks, first(set.firstStage()));
        checkSize(offered);
        return offered;
    }

    private @Nullable FirstStage first(SetManifest.@Nullable First named)
            throws RejectedException, UnavailableException, InterruptedException {
        if (named == null) {
            return null;
        }
        Release base = member(named.base());
        List<Release> tasks = new ArrayList<>();
        for (SetManifest.Member each : named.tasks()) {
            tasks.add(task(member(each), base));
        }
        return new FirstStage(base, tasks);
    }

    private Release member(SetManifest.Member member)
            throws RejectedException, UnavailableException, InterruptedException {
        ReleaseLimits limits = settings.limits();
        Release release = Release.parse(member.release(), target(member.release()), limits);
        if (!release.digest().equals(member.digest())) {
            throw new RejectedException(
                    Reason.MIXED,
                    member.release() + " has the digest " + release.digest() + " where the Set names " + member.digest()
                            + ".");
        }
        if (Versions.compare(settings.agentVersion(), release.minimumAgent()) < 0) {
            throw new RejectedException(
                    Reason.AGENT_TOO_OLD,
                    member.release() + " needs an agent of version " + release.minimumAgent()
                            + " or newer, and this is " + settings.agentVersion() + ".");
        }
        return release;
    }

    private static Release task(Release task, Release base) throws RejectedException {
        Optional<String> madeFor = task.base();
        if (!madeFor.equals(Optional.of(base.digest()))) {
            throw new RejectedException(
                    Reason.BASE_DIFFERS,
                    "Task " + task.name() + " was made for the base " + madeFor.orElse("?") + ", and the Set has "
                            + base.digest() + ".");
        }
        return task;
    }

    private void checkSize(InstalledSet set) throws RejectedException {
        if (set.bytes() > settings.limits().setBytes()) {
            throw new RejectedException(
                    Reason.TOO_LARGE,
                    "Set " + set.label() + " has " + set.bytes() + " bytes, and "
                            + settings.limits().setBytes() + " are allowed.");
        }
    }

    /** What says where a gateway goes: the top-level role names it, and no team to which that delegates. */
    private byte[] followed(String path) throws RejectedException, UnavailableException, InterruptedException {
        return download(targets.findAtTop(path)
                .orElseThrow(() -> new RejectedException(
                        Reason.MISSING, path + " is not a target of the repository's top-level role.")));
    }

    private byte[] target(String path) throws RejectedException, UnavailableException, InterruptedException {
        return download(targets.find(path)
                .orElseThrow(() -> new RejectedException(
                        Reason.MISSING,
                        path + " is not a target of the repository, or not of a role trusted for it.")));
    }

    private byte[] download(TargetFile target) throws RejectedException, UnavailableException, InterruptedException {
        return targets.download(target, settings.limits().manifestBytes());
    }
}
