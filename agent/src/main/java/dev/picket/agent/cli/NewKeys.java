package dev.picket.agent.cli;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.PublicKeys;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.tuf.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The keys that a change brings: one made here, or the public halves of such as are elsewhere, or a token's. */
final class NewKeys {
    @Option(
            names = "--public",
            paramLabel = "FILE",
            description = "Take the key with this public half, instead of making one in the folder of the role.")
    private List<Path> publicHalves = new ArrayList<>();

    @Option(names = "--alias", paramLabel = "NAME", description = "Take this key of the token that --token names.")
    private @Nullable String alias;

    void check(KeyOptions keys) throws CommandFailure {
        if (alias != null && keys.token == null) {
            throw new CommandFailure(ExitCode.USAGE, "--alias names a key of a token: say which with --token.");
        }
    }

    List<Key> in(Repository repository, KeyOptions keys, Path folder, String role)
            throws RejectedException, IOException {
        List<Key> all = new ArrayList<>();
        for (Path each : publicHalves) {
            all.add(PublicKeys.parse(each.toString(), Files.readAllBytes(each)));
        }
        if (alias != null && keys.token != null) {
            all.add(keys.token(keys.token).publicKey(alias));
        }
        if (all.isEmpty()) {
            boolean online = role.equals("snapshot") || role.equals("timestamp");
            KeyFolder here = online ? keys.online(folder, false) : keys.offline(folder, false);
            all.add(repository.newKey(here, role).publicKey());
        }
        return all;
    }

    /** For a change that brings one. */
    Key one(Repository repository, KeyOptions keys, Path folder, String role) throws RejectedException, IOException {
        List<Key> all = in(repository, keys, folder, role);
        if (all.size() != 1) {
            throw new RejectedException(Reason.MALFORMED, "Name one key, and the others with a command each.");
        }
        return all.getFirst();
    }
}
