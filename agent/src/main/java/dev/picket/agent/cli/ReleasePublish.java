package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.Validity;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Signs what was added and writes the tree that gateways read. */
@Command(
        name = "publish",
        description = {
            "Sign what was added, and write the tree to where it is served from.",
            "Run it again before the timestamp expires, also when nothing was added."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleasePublish implements Callable<Integer> {
    @Mixin
    private ReleaseOptions options = new ReleaseOptions();

    @Parameters(paramLabel = "DIR", description = "The folder that a web server or file: serves.")
    private Path target = Path.of(".");

    @Option(names = "--keys", paramLabel = "DIR", description = "Where the keys are. Default: keys/ in the repository.")
    private @Nullable Path keys;

    @Option(names = "--passphrase-file", paramLabel = "FILE", description = "Its first line opens the keys.")
    private @Nullable Path passphraseFile;

    @Option(
            names = "--timestamp-days",
            paramLabel = "N",
            defaultValue = "14",
            description = "How long the timestamp is good. Default: ${DEFAULT-VALUE}.")
    private int timestampDays;

    @Override
    public Integer call() throws CommandFailure {
        if (timestampDays < 1) {
            throw new CommandFailure(ExitCode.USAGE, "--timestamp-days must be at least 1.");
        }
        Repository repository = options.open();
        KeyFolder folder = options.keys(keys, passphraseFile, false);
        Validity usual = Validity.DEFAULT;
        Validity validity =
                new Validity(usual.root(), usual.targets(), usual.snapshot(), Duration.ofDays(timestampDays));
        try (TerminalProgress progress = TerminalProgress.ofBytes("Publishing", options.json)) {
            Map<String, Long> versions =
                    ReleaseOptions.run(() -> repository.publish(target, folder, validity, Instant.now(), progress));
            ObjectNode result = ReleaseOptions.object().put("published", target.toString());
            ObjectNode signed = result.putObject("versions");
            versions.forEach(signed::put);
            options.print(
                    result,
                    List.of("Published to " + target + ": targets " + versions.get("targets") + ", snapshot "
                            + versions.get("snapshot") + ", timestamp " + versions.get("timestamp") + "."));
        }
        return ExitCode.OK;
    }
}
