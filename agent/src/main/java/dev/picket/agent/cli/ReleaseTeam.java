package dev.picket.agent.cli;

import dev.picket.ota.tuf.Key;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lets teams release bases and tasks with keys of their own: what targets.json delegates. */
@Command(
        name = "team",
        description = {
            "Let a team release bases and tasks with keys of its own. It counts once the targets key signed it and it is",
            "published. 'picket release key' changes a team's keys; 'picket release add … --team NAME' releases."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleaseTeam {
    private static final String NAME = "The team's name: a-z, 0-9, hyphen and underscore.";

    @Command(
            name = "add",
            description = {
                "Add a team. Without --public and --alias a key is made for it, in the folder of the offline keys."
            },
            footer = {"", "  picket release team add emea --public emea.pub.json --paths 'releases/task/emea-*/*.json'"
            },
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    int add(
            @Mixin ReleaseOptions options,
            @Mixin KeyOptions keys,
            @Mixin NewKeys newKeys,
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Option(
                            names = "--paths",
                            required = true,
                            paramLabel = "PATTERN",
                            description = {
                                "What it may release: releases/base/NAME/*.json or releases/task/NAME/*.json, with * and ?",
                                "in NAME; repeat for more."
                            })
                    List<String> paths,
            @Option(
                            names = "--threshold",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "How many of its keys must sign. Default: ${DEFAULT-VALUE}.")
                    int threshold,
            @Option(names = "--dry-run", description = "Say what would be written, and write nothing.") boolean dry)
            throws CommandFailure {
        newKeys.check(keys);
        return ReleaseKey.change(options, keys, dry, (repository, change) -> {
            change.addTeam(name, threshold, paths);
            for (Key each : newKeys.in(repository, keys, options.repository, name)) {
                change.add(name, each);
            }
            return "The team " + name + " may release " + String.join(", ", paths) + ".";
        });
    }

    @Command(
            name = "remove",
            description = {
                "Take a team away with all that it released, and the Sets that name any of that.",
                "Refused while a channel names such a Set. Gateways go on running what they have."
            },
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    int remove(
            @Mixin ReleaseOptions options,
            @Mixin KeyOptions keys,
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Option(names = "--dry-run", description = "Say what would be written, and write nothing.") boolean dry)
            throws CommandFailure {
        return ReleaseKey.change(options, keys, dry, (_, change) -> {
            List<String> gone = change.removeTeam(name);
            return "The team " + name + " releases no more"
                    + (gone.isEmpty() ? "." : ", and these go: " + String.join(", ", gone) + ".");
        });
    }
}
