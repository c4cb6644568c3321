package dev.picket.agent.cli;

import dev.picket.agent.rollout.Rollout;
import dev.picket.ota.repository.KeyFile;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The next revision of a rollout that lies at the broker. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
abstract sealed class FleetRolloutChange implements Callable<Integer> {
    @Mixin
    private RolloutOptions options = new RolloutOptions();

    @Mixin
    private SigningOptions signing = new SigningOptions();

    @Mixin
    private RolloutFollow follow = new RolloutFollow();

    @Spec
    private CommandSpec spec;

    /** What is wanted of it now. */
    abstract Rollout next(Rollout now) throws CommandFailure;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        KeyFile key = signing.require();
        return options.talk(key, link -> {
            Rollout now = FleetRolloutStatus.there(link, options.site(), options.id());
            Rollout next = next(now);
            if (!link.doubt().isEmpty()) {
                // Each revision says the whole order again, so whoever holds the broker could have a Set of its choice
                // signed.
                throw new CommandFailure(
                        ExitCode.DATA,
                        "The order that lies there, Set " + now.set() + ", is " + link.doubt()
                                + ", or begin another rollout");
            }
            return follow.run(
                    link,
                    next,
                    key,
                    spec.commandLine().getOut(),
                    spec.commandLine().getErr());
        });
    }

    /** {@code pause}. */
    @Command(
            name = "pause",
            description = "Let no more gateways begin; those under way go on.",
            footer = {
                "",
                "Exit codes: 0 said, 64 wrong words, 65 the key cannot be used, 69 no broker, or no such rollout."
            })
    static final class Pause extends FleetRolloutChange {
        @Override
        Rollout next(Rollout now) {
            return now.next(Rollout.State.PAUSED, now.percent());
        }
    }

    /** {@code resume}. */
    @Command(
            name = "resume",
            description = "Go on, also after a pause, and for a larger share.",
            footer = {"", "Exit codes: as start."})
    static final class Resume extends FleetRolloutChange {
        @Option(names = "--percent", paramLabel = "N", description = "The share from now on. Default: as before.")
        private @Nullable Integer percent;

        @Override
        Rollout next(Rollout now) throws CommandFailure {
            int share = percent == null ? now.percent() : percent;
            if (share < 0 || share > 100) {
                throw new CommandFailure(ExitCode.USAGE, "--percent must be from 0 to 100");
            }
            return now.next(Rollout.State.ACTIVE, share);
        }
    }

    /** {@code abort}. */
    @Command(
            name = "abort",
            description =
                    "Stop gateways that have not switched, and roll back those on probation; what is proved stays.",
            footer = {
                "",
                "Exit codes: 0 all have ended, 64 wrong words, 65 the key cannot be used, 69 no broker, no such rollout, or",
                "not all have ended in time."
            })
    static final class Abort extends FleetRolloutChange {
        @Override
        Rollout next(Rollout now) {
            return now.next(Rollout.State.ABORTED, now.percent());
        }
    }
}
