package dev.picket.agent.cli;

import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.Validity;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a repository with its keys and its first root. */
@Command(
        name = "init",
        description = "Make a repository: its keys, encrypted, and its first root.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleaseInit implements Callable<Integer> {
    @Mixin
    private ReleaseOptions options = new ReleaseOptions();

    @Option(names = "--keys", paramLabel = "DIR", description = "Where the keys go. Default: keys/ in the repository.")
    private @Nullable Path keys;

    @Option(names = "--passphrase-file", paramLabel = "FILE", description = "Its first line encrypts the keys.")
    private @Nullable Path passphraseFile;

    @Option(names = "--root-keys", paramLabel = "N", defaultValue = "1", description = "How many root keys to make.")
    private int rootKeys;

    @Option(
            names = "--root-threshold",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many of them must sign a root.")
    private int rootThreshold;

    @Override
    public Integer call() throws CommandFailure {
        KeyFolder folder = options.keys(keys, passphraseFile, true);
        Repository repository = ReleaseOptions.run(() ->
                Repository.init(options.repository, folder, rootKeys, rootThreshold, Validity.DEFAULT, Instant.now()));
        String root = repository.trustRoot().toString();
        options.print(
                ReleaseOptions.object()
                        .put("repository", options.repository.toString())
                        .put("root", root),
                List.of(
                        "Made a repository in " + options.repository + ".",
                        "Gateways trust " + root + ": put it at /etc/picket/trust/root.json.",
                        "Keep the keys, root's offline: whoever has them and the passphrase signs for your fleet."));
        return ExitCode.OK;
    }
}
