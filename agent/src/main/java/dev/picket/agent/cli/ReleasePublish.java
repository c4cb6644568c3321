package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.repository.Published;
import dev.picket.ota.repository.SigningKeys;
import dev.picket.ota.repository.Validity;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Signs what was added and writes the tree that gateways read. */
@Command(
        name = "publish",
        description = {
            "Sign what was added, and write the tree to where it is served from.",
            "Where the offline keys are elsewhere, collect their signatures with 'picket release sign' first."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleasePublish implements Callable<Integer> {
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
        Validity validity = validity(timestampDays);
        keys.check();
        tell(options, run(validity), dry, target);
        return ExitCode.OK;
    }

    private ReleaseOptions.Outcome<Published> run(Validity validity) throws CommandFailure {
        SigningKeys all = keys.all(options.repository);
        try (TerminalProgress progress = TerminalProgress.ofBytes("Publishing", options.json)) {
            return options.change(
                    dry, (repository, _) -> repository.publish(target, all, validity, Instant.now(), progress));
        }
    }

    static Validity validity(int timestampDays) throws CommandFailure {
        if (timestampDays < 1) {
            throw new CommandFailure(ExitCode.USAGE, "--timestamp-days must be at least 1.");
        }
        return Validity.DEFAULT.withTimestamp(Duration.ofDays(timestampDays));
    }

    static void tell(ReleaseOptions options, ReleaseOptions.Outcome<Published> done, boolean dry, Path target) {
        Map<String, Long> versions = done.value().versions();
        ObjectNode result = ReleaseOptions.object().put("published", target.toString());
        ObjectNode signed = result.putObject("versions");
        for (String role : List.of("root", "targets", "snapshot", "timestamp")) {
            signed.put(role, versions.get(role));
        }
        ArrayNode notes = result.putArray("notes");
        done.value().notes().forEach(notes::add);
        options.print(
                done,
                dry,
                result,
                List.of("Published to " + target + ": root " + versions.get("root") + ", targets "
                        + versions.get("targets") + ", snapshot " + versions.get("snapshot") + ", timestamp "
                        + versions.get("timestamp") + "."));
        if (!options.json) {
            done.value().notes().forEach(options::warn);
        }
    }
}
