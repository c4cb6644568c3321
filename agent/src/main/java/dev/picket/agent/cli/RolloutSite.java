package dev.picket.agent.cli;

import dev.picket.agent.commands.CommandKeys;
import dev.picket.agent.console.ConsoleLink;
import dev.picket.agent.console.RolloutTrust;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.repository.KeyFile;
import dev.picket.ota.tuf.TufClient;
import dev.picket.ota.tuf.TufLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The site whose rollouts are meant, its broker, and whose signatures count there. */
final class RolloutSite {
    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Option(names = "--site", required = true, paramLabel = "NAME", description = "The gateways' site.")
    private String site = "";

    @Option(
            names = "--root",
            paramLabel = "FILE",
            description = "The first root, as gateways have it: with --repository, orders are verified as they do.")
    private @Nullable Path root;

    @Option(names = "--repository", paramLabel = "DIR|URL", description = "What gateways read their releases from.")
    private @Nullable String repository;

    String name() {
        return site;
    }

    /** What is done on a connection. */
    interface Connected<T> {
        T with(ConsoleLink link) throws BrokerUnavailableException, InterruptedException, CommandFailure;
    }

    <T> T connected(Connected<T> talk) throws CommandFailure, InterruptedException {
        try (ConsoleLink link = new ConsoleLink(broker.settings(false))) {
            link.open();
            return talk.with(link);
        } catch (BrokerUnavailableException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, e.getMessage() + ".");
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, e.getMessage() + ".");
        }
    }

    /** The published command keys, fetched as a gateway does; none where no root was given. */
    RolloutTrust trust(@Nullable KeyFile own) throws CommandFailure {
        if (root == null && repository == null) {
            return new RolloutTrust(null, own);
        }
        if (root == null || repository == null) {
            throw new CommandFailure(ExitCode.USAGE, "--root and --repository go together");
        }
        return new RolloutTrust(published(root, repository), own);
    }

    private static CommandKeys published(Path root, String repository) throws CommandFailure {
        if (!Files.isReadable(root)) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "There is no root " + root + " that can be read.");
        }
        return ReleaseOptions.run(() -> {
            Path scratch = Files.createTempDirectory("picket-rollout");
            try {
                CommandKeys keys = CommandKeys.open(scratch, "");
                Fetcher fetcher = Fetcher.of(ReleaseVerify.address(repository), FetchLimits.DEFAULT);
                byte[] first = Files.readAllBytes(root);
                keys.targets(
                        new TufClient(scratch.resolve("metadata"), first, fetcher, TufLimits.DEFAULT, Retry.DEFAULT)
                                .refresh(Instant.now()));
                return keys;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } finally {
                AtomicFiles.removeTree(scratch);
            }
        });
    }
}
