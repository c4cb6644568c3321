package dev.picket.agent.cli;

import dev.picket.agent.console.RolloutLink;
import dev.picket.agent.console.RolloutList;
import dev.picket.agent.console.RolloutTrust;
import dev.picket.agent.rollout.Rollout;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.ota.RejectedException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a rollout stands, or all of a site. */
@Command(
        name = "status",
        description = {
            "Tell where a rollout stands, from what lies at the broker: the order, and each gateway's last report.",
            "Without --id, a line for each rollout of the site.",
            "'silent' is a gateway that is meant and does not mention it: away, or not that far."
        },
        footer = {
            "",
            "Exit codes: 0 told, 64 wrong words, 65 what lies there is no rollout, 69 no broker, or no such rollout."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class FleetRolloutStatus implements Callable<Integer> {
    @Mixin
    private RolloutSite site = new RolloutSite();

    @Option(names = "--id", paramLabel = "ID", description = "The rollout. Default: all of the site.")
    private @Nullable String id;

    @Option(names = "--json", description = "One JSON object; of all rollouts, one for each.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        String one = id;
        if (one == null) {
            return all();
        }
        return RolloutOptions.talk(site, one, null, link -> {
            Rollout rollout = there(link, site.name(), one);
            RolloutView.print(
                    rollout,
                    link.board(),
                    link.doubt(),
                    json,
                    spec.commandLine().getOut());
            return ExitCode.OK;
        });
    }

    private int all() throws CommandFailure, InterruptedException {
        RolloutTrust trust = site.trust(null);
        List<RolloutList.Found> found = site.connected(
                link -> RolloutList.read(link, site.name(), trust, Clock.systemUTC(), RolloutOptions.QUIET));
        RolloutView.print(found, json, spec.commandLine().getOut());
        return ExitCode.OK;
    }

    /** The order that lies at the broker. */
    static Rollout there(RolloutLink link, String site, String id)
            throws BrokerUnavailableException, InterruptedException, CommandFailure {
        try {
            return link.read(RolloutOptions.QUIET)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.UNAVAILABLE,
                            "there is no rollout '" + id + "' at the site " + site
                                    + "; begin it with 'picket fleet rollout start'"));
        } catch (RejectedException e) {
            throw new CommandFailure(ExitCode.DATA, String.valueOf(e.getMessage()));
        }
    }
}
