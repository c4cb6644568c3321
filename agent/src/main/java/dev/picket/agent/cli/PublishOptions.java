package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.repository.Published;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.SigningKeys;
import dev.picket.ota.repository.Validity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands that write to where a tree is served from share. */
final class PublishOptions {
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

    /** What is written. */
    @FunctionalInterface
    interface Work {
        Published run(Repository repository, Path target, SigningKeys keys, Validity validity, LongConsumer progress)
                throws RejectedException, IOException;
    }

    /** Does it, tells it, and answers with the exit code. */
    int run(Work work) throws CommandFailure {
        if (timestampDays < 1) {
            throw new CommandFailure(ExitCode.USAGE, "--timestamp-days must be at least 1.");
        }
        Validity validity = Validity.DEFAULT.withTimestamp(Duration.ofDays(timestampDays));
        keys.check();
        SigningKeys all = keys.all(options.repository);
        try (TerminalProgress progress = TerminalProgress.ofBytes("Publishing", options.json)) {
            tell(options.change(dry, (repository, _) -> work.run(repository, target, all, validity, progress)));
        }
        return ExitCode.OK;
    }

    private void tell(ReleaseOptions.Outcome<Published> done) {
        Map<String, Long> versions = done.value().versions();
        ObjectNode result = ReleaseOptions.object().put("published", target.toString());
        ObjectNode signed = result.putObject("versions");
        List<String> told = new ArrayList<>();
        for (Map.Entry<String, Long> each : versions.entrySet()) {
            signed.put(each.getKey(), each.getValue());
            told.add(each.getKey() + " " + each.getValue());
        }
        ArrayNode notes = result.putArray("notes");
        done.value().notes().forEach(notes::add);
        options.print(done, dry, result, List.of("Published to " + target + ": " + String.join(", ", told) + "."));
        if (!options.json) {
            done.value().notes().forEach(options::warn);
        }
    }
}
