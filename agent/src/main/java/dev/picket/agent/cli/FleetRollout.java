package dev.picket.agent.cli;

import picocli.CommandLine.Command;

/** Rollouts, from the console's side. */
@Command(
        name = "rollout",
        description = {
            "Order a Set for a share of a site's gateways, and see what becomes of it.",
            "The order lies signed at the broker; gateways that are away find it when they come back."
        },
        footer = {
            "",
            "  picket fleet rollout start  --site plant --id spring --set factory/7 --percent 10 --key ops.key",
            "  picket fleet rollout status --site plant --id spring",
            "  picket fleet rollout resume --site plant --id spring --percent 100 --key ops.key"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            FleetRolloutStart.class,
            FleetRolloutStatus.class,
            FleetRolloutChange.Pause.class,
            FleetRolloutChange.Resume.class,
            FleetRolloutChange.Abort.class
        })
final class FleetRollout {}
