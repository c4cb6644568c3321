package dev.picket.agent.cli;

import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
    private PublishOptions options = new PublishOptions();

    @Override
    public Integer call() throws CommandFailure {
        return options.run((repository, target, keys, validity, progress) ->
                repository.refresh(target, keys, validity, Instant.now(), progress));
    }
}
