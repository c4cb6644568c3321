package dev.picket.agent.cli;

import picocli.CommandLine.Command;

/** The console's side of the wire. */
@Command(
        name = "fleet",
        description = "Talk to gateways through their broker, from anywhere.",
        footer = {
            "",
            "A key whose commands gateways obey, from nothing:",
            "  picket fleet key --out ops.key --name ops-2026 --site plant",
            "  picket release command-keys ops.key.jwk.json --repository R",
            "  picket release publish /srv/www/picket --repository R",
            "Then, with PICKET_BROKER=mqtts://broker.example:",
            "  picket fleet watch --site plant",
            "  picket fleet send ping --site plant --all",
            "  picket fleet send install --site plant --gateway press-4 --key ops.key --params '{\"set\":\"factory/7\"}'",
            "  picket fleet rollout start --site plant --id spring --set factory/7 --percent 10 --key ops.key"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {FleetKey.class, FleetSend.class, FleetWatch.class, FleetRollout.class})
public final class FleetCommand {}
