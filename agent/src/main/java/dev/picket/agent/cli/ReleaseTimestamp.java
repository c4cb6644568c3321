package dev.picket.agent.cli;

import dev.picket.ota.repository.Published;
import dev.picket.ota.repository.SigningKeys;
import dev.picket.ota.repository.Validity;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Keeps a publication fresh: for cron, on a machine that has the online keys alone. */
@Command(
        name = "timestamp",
        description = {
            "Sign a new timestamp (and a new snapshot at half its time), and write it to where the tree is served from.",
            "Needs the online keys alone. What was added since the last publication stays unpublished."
        },
        footer = {"", "Run it daily, from cron or a systemd timer; it warns when root or targets expire soon."},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleaseTimestamp implements Callable<Integer> {
    @Mixin
    private ReleaseOptions options = new ReleaseOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Parameters(paramLabel = "DIR", description = "The folder that a web server or file: serves.")
    private Path target = Path.of(".");

    @Option(
            names = "--timestamp-days",
            paramLabel = "N",
            defaultValue = "14",
            description = "How long the timestamp is good. Default: ${DEFAULT-VALUE}.")
    private int timestampDays;

    @Option(names = "--dry-run", description = "Say what would be written, and write nothing.")
    private boolean dry;

    @Override
    public Integer call() throws CommandFailure {
        Validity validity = ReleasePublish.validity(timestampDays);
        keys.check();
        ReleasePublish.tell(options, run(validity), dry, target);
        return ExitCode.OK;
    }

    private ReleaseOptions.Outcome<Published> run(Validity validity) throws CommandFailure {
        SigningKeys all = keys.all(options.repository);
        try (TerminalProgress progress = TerminalProgress.ofBytes("Publishing", options.json)) {
            return options.change(
                    dry, (repository, _) -> repository.refresh(target, all, validity, Instant.now(), progress));
        }
    }
}
