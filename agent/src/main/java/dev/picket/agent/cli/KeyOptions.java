package dev.picket.agent.cli;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.Secret;
import dev.picket.ota.repository.SigningKeys;
import dev.picket.ota.repository.TokenKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where the release commands find signing keys. Passphrases and PINs are read only when a key that they open is needed, and
 * never stand on the command line, where every user of the machine could read them.
 */
final class KeyOptions {
    @Option(
            names = "--keys",
            paramLabel = "DIR",
            description = "The online keys: snapshot's and timestamp's. Default: keys/online in the repository.")
    @Nullable
    Path online;

    @Option(
            names = "--offline-keys",
            paramLabel = "DIR",
            description = "The offline keys: root's and targets'. Default: keys/offline in the repository.")
    @Nullable
    Path offline;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "Its first line opens the keys; else $PICKET_RELEASE_PASSPHRASE, else it is asked for.")
    @Nullable
    Path passphraseFile;

    @Option(
            names = "--offline-passphrase-file",
            paramLabel = "FILE",
            description = "The same for the offline keys, where theirs is another.")
    @Nullable
    Path offlinePassphraseFile;

    @Option(
            names = "--token",
            paramLabel = "FILE",
            description =
                    "A PKCS#11 token with more keys: the JDK's configuration of it (name, library, slotListIndex).")
    @Nullable
    Path token;

    @Option(names = "--pin-file", paramLabel = "FILE", description = "Its first line is the token's PIN.")
    @Nullable
    Path pinFile;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            hidden = true,
            defaultValue = "" + KeyFolder.ITERATIONS,
            description = "Rounds of the derivation of new keys' passphrase; fewer for keys that are thrown away.")
    int iterations = KeyFolder.ITERATIONS;

    /** All of them; a folder that is not there has none. */
    SigningKeys all(Path repository) {
        List<SigningKeys> all = new ArrayList<>(List.of(online(repository, false), offline(repository, false)));
        if (token != null) {
            all.add(token(token));
        }
        return SigningKeys.of(all);
    }

    KeyFolder online(Path repository, boolean confirm) {
        Path folder = online == null ? repository.resolve("keys/online") : online;
        return new KeyFolder(folder, secret(Passphrase.RELEASE, passphraseFile, confirm), iterations);
    }

    KeyFolder offline(Path repository, boolean confirm) {
        Path folder = offline == null ? repository.resolve("keys/offline") : offline;
        Path file = offlinePassphraseFile == null ? passphraseFile : offlinePassphraseFile;
        return new KeyFolder(folder, secret(Passphrase.OFFLINE, file, confirm), iterations);
    }

    TokenKeys token(Path config) {
        return new TokenKeys(config, secret(Passphrase.PIN, pinFile, false));
    }

    /** Refuses a folder that was named and is not there: a typing error would look like missing keys. */
    void check() throws CommandFailure {
        for (@Nullable Path each : new @Nullable Path[] {online, offline}) {
            if (each != null && !Files.isDirectory(each)) {
                throw new CommandFailure(ExitCode.UNAVAILABLE, "There is no folder " + each + " with keys.");
            }
        }
    }

    private static Secret secret(Passphrase passphrase, @Nullable Path file, boolean confirm) {
        return () -> {
            try {
                return passphrase.read(file, confirm);
            } catch (CommandFailure e) {
                throw new RejectedException(Reason.MISSING, String.valueOf(e.getMessage()));
            }
        };
    }
}
