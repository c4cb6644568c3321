package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.repository.TreeCheck;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a published tree as a gateway would. */
@Command(
        name = "verify",
        description = {
            "Read a published tree whole, as a gateway would: signatures, expiry, and the hash of every file.",
            "Ends with 0 when it is whole, with 1 and a line for each fault when it is not."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleaseVerify implements Callable<Integer> {
    @Mixin
    private ReleaseOptions options = new ReleaseOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR|URL",
            description = "The tree, or the address that it is served at. Default: the repository's own tree.")
    private @Nullable String tree;

    @Option(
            names = "--root",
            paramLabel = "FILE",
            description = "The first root, as gateways have it. Default: the repository's 1.root.json.")
    private @Nullable Path root;

    @Override
    public Integer call() throws CommandFailure {
        URI address = address(tree == null ? options.repository.resolve("tree").toString() : tree);
        Path first = root == null ? options.repository.resolve("tree/metadata/1.root.json") : root;
        return verify(options, address, first, ReleaseOptions.object());
    }

    /** Checks a tree and tells what came of it; the result begins with what is in the object already. */
    static int verify(ReleaseOptions options, URI address, Path root, ObjectNode result) throws CommandFailure {
        if (!Files.isRegularFile(root)) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "There is no root " + root + ": name the one that gateways have with --root.");
        }
        TreeCheck.Report report = check(options, address, root);
        result.put("tree", address.toString())
                .put("whole", report.faults().isEmpty())
                .put("targets", report.targets())
                .put("files", report.files())
                .put("bytes", report.bytes());
        ArrayNode faults = result.putArray("faults");
        report.faults().forEach(faults::add);
        ObjectNode expires = result.putObject("expires");
        report.expires().forEach((name, at) -> expires.put(name, at.toString()));
        List<String> lines = new ArrayList<>(report.faults());
        report.expires().entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .forEach(each -> lines.add(each.getKey() + " is good until " + each.getValue() + "."));
        lines.add(
                report.faults().isEmpty()
                        ? "Whole: " + report.targets() + " targets and " + report.files() + " files of "
                                + report.bytes() + " bytes are as they are signed."
                        : "Not whole: " + report.faults().size() + " faults.");
        options.print(result, lines);
        return report.faults().isEmpty() ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private static TreeCheck.Report check(ReleaseOptions options, URI address, Path root) throws CommandFailure {
        try (TerminalProgress progress = TerminalProgress.ofBytes("Verifying", options.json)) {
            return ReleaseOptions.run(() -> {
                Path scratch = Files.createTempDirectory("picket-verify");
                try {
                    return TreeCheck.run(
                            Fetcher.of(address, FetchLimits.DEFAULT),
                            Files.readAllBytes(root),
                            scratch,
                            Instant.now(),
                            progress);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", e);
                }
            });
        }
    }

    static URI address(String tree) {
        return tree.matches("(?i)(https?|file)://.*")
                ? URI.create(tree)
                : Path.of(tree).toAbsolutePath().toUri();
    }
}
