package dev.picket.agent.cli;

import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.Validity;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a repository with its keys and its first root. */
@Command(
        name = "init",
        description = {
            "Make a repository: its keys, encrypted, and its first root.",
            "The keys of root and targets go to keys/offline, those of snapshot and timestamp to keys/online."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleaseInit implements Callable<Integer> {
    @Mixin
    private ReleaseOptions options = new ReleaseOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(names = "--root-keys", paramLabel = "N", defaultValue = "1", description = "How many root keys to make.")
    private int rootKeys;

    @Option(
            names = "--root-threshold",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many of them must sign a root.")
    private int rootThreshold;

    @Option(names = "--dry-run", description = "Say what would be written, and write nothing.")
    private boolean dry;

    @Override
    public Integer call() throws CommandFailure {
        KeyFolder offline = keys.offline(options.repository, true);
        KeyFolder online = keys.online(options.repository, true);
        ReleaseOptions.Outcome<Repository> made = options.locked(
                dry,
                disk -> Repository.init(
                        options.repository,
                        offline,
                        online,
                        rootKeys,
                        rootThreshold,
                        Validity.DEFAULT,
                        Instant.now(),
                        disk));
        String root = made.value().trustRoot().toString();
        options.print(
                made,
                dry,
                ReleaseOptions.object()
                        .put("repository", options.repository.toString())
                        .put("root", root),
                List.of(
                        "Made a repository in " + options.repository + ".",
                        "Gateways trust " + root + ": put it at /etc/picket/trust/root.json.",
                        "Move the offline keys to where they are safe: whoever has them and their passphrase signs for"
                                + " your fleet."));
        return ExitCode.OK;
    }
}
