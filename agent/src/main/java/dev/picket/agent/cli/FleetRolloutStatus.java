package dev.picket.agent.cli;

import dev.picket.agent.console.RolloutLink;
import dev.picket.agent.rollout.Rollout;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.ota.RejectedException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a rollout stands. */
@Command(
        name = "status",
        description = {
            "Tell where a rollout stands, from what lies at the broker: the order, and each gateway's last report.",
            "'silent' is a gateway of its share that does not mention it: away, of another group, or not that far."
        },
        footer = {
            "",
            "Exit codes: 0 told, 64 wrong words, 65 what lies there is no rollout, 69 no broker, or no such rollout."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class FleetRolloutStatus implements Callable<Integer> {
    @Mixin
    private RolloutOptions options = new RolloutOptions();

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        return options.talk(link -> {
            Rollout rollout = there(link, options);
            RolloutView.print(rollout, link.board(), json, spec.commandLine().getOut());
            return ExitCode.OK;
        });
    }

    /** The order that lies at the broker. */
    static Rollout there(RolloutLink link, RolloutOptions options)
            throws BrokerUnavailableException, InterruptedException, CommandFailure {
        try {
            return link.read(RolloutOptions.QUIET)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.UNAVAILABLE,
                            "there is no rollout '" + options.id() + "' at the site " + options.site()
                                    + "; begin it with 'picket fleet rollout start'"));
        } catch (RejectedException e) {
            throw new CommandFailure(ExitCode.DATA, String.valueOf(e.getMessage()));
        }
    }
}
