package dev.picket.agent.cli;

import picocli.CommandLine.Command;

/** What drifts, and what is to be made of it; how it stands says {@code picket status}. */
@Command(
        name = "drift",
        description =
                "Says what a drift is that the running agent tells of; 'picket status' shows how each task stands.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = DriftAccept.class)
final class DriftCommand {}
