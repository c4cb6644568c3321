package dev.picket.agent.cli;

import dev.picket.agent.console.ConsoleLink;
import dev.picket.agent.console.RolloutLink;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.ota.repository.KeyFile;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which rollout is meant, and where. */
final class RolloutOptions {
    /** Retained messages come at once; what has not come by then does not. */
    static final Duration QUIET = Duration.ofSeconds(1);

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Option(names = "--site", required = true, paramLabel = "NAME", description = "The gateways' site.")
    private String site = "";

    @Option(names = "--id", required = true, paramLabel = "ID", description = "The rollout.")
    private String id = "";

    /** A signature's key. */
    static final class Signing {
        @Option(
                names = "--key",
                required = true,
                paramLabel = "FILE",
                description = "Signs it; made by 'picket fleet key' with the verb rollout.")
        private Path key = Path.of("ops.key");

        @Option(
                names = "--passphrase-file",
                paramLabel = "FILE",
                description = "Its first line opens the key; else $PICKET_COMMAND_PASSPHRASE, else it is asked for.")
        private @Nullable Path passphraseFile;

        KeyFile open() throws CommandFailure {
            char[] passphrase = Passphrase.COMMAND.read(passphraseFile, false);
            return ReleaseOptions.run(() -> KeyFile.open(key, passphrase));
        }
    }

    String id() {
        return id;
    }

    String site() {
        return site;
    }

    /** What is done on a connection. */
    interface Talk<T> {
        T with(RolloutLink rollout) throws BrokerUnavailableException, InterruptedException, CommandFailure;
    }

    <T> T talk(Talk<T> talk) throws CommandFailure, InterruptedException {
        try (ConsoleLink link = new ConsoleLink(broker.settings(false))) {
            link.open();
            return talk.with(new RolloutLink(link, site, id, Clock.systemUTC()));
        } catch (BrokerUnavailableException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, e.getMessage() + ".");
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, e.getMessage() + ".");
        }
    }
}
