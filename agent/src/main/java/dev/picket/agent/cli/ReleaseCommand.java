package dev.picket.agent.cli;

import picocli.CommandLine.Command;

/** The publisher's commands: a repository of signed releases. */
@Command(
        name = "release",
        description = "Make and publish signed releases.",
        footer = {
            "",
            "A repository from nothing:",
            "  picket release init --repository R",
            "  picket release add base DIR --repository R",
            "  picket release add task DIR --repository R",
            "  picket release add set factory --base NAME --task NAME --channel stable --repository R",
            "  picket release command-keys ops.key.jwk.json --repository R",
            "  picket release publish /srv/www/picket --repository R",
            "Gateways trust R/tree/metadata/1.root.json, and read what publish wrote."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            ReleaseInit.class,
            ReleaseAdd.class,
            ReleaseChannel.class,
            ReleaseCommandKeys.class,
            ReleaseKey.class,
            ReleaseTeam.class,
            ReleaseSign.class,
            ReleasePublish.class,
            ReleaseTimestamp.class,
            ReleaseVerify.class,
            ReleaseShow.class,
            ReleaseExport.class
        })
public final class ReleaseCommand {}
