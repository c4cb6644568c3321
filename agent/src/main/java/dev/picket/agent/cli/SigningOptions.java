package dev.picket.agent.cli;

import dev.picket.ota.repository.KeyFile;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A console's key, and what opens it. */
final class SigningOptions {
    @Option(names = "--key", paramLabel = "FILE", description = "Signs it; made by 'picket fleet key'.")
    private @Nullable Path key;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "Its first line opens the key; else $PICKET_COMMAND_PASSPHRASE, else it is asked for.")
    private @Nullable Path passphraseFile;

    /** Where one was named. */
    Optional<KeyFile> open() throws CommandFailure {
        Path file = key;
        if (file == null) {
            return Optional.empty();
        }
        char[] passphrase = Passphrase.COMMAND.read(passphraseFile, false);
        return Optional.of(ReleaseOptions.run(() -> KeyFile.open(file, passphrase)));
    }

    KeyFile require() throws CommandFailure {
        return open().orElseThrow(() -> new CommandFailure(
                ExitCode.USAGE, "Missing required option: '--key=FILE', a key that may ask the verb rollout"));
    }
}
