package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.CommandJwk;
import dev.picket.ota.release.CommandJwks;
import dev.picket.ota.repository.KeyFile;
import dev.picket.ota.repository.KeyFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a key that signs commands. */
@Command(
        name = "key",
        description = {
            "Make a key that signs commands: FILE, encrypted, and its public half FILE.jwk.json with what it may ask where.",
            "Publish the public half with 'picket release command-keys'."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class FleetKey implements Callable<Integer> {
    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where the key goes, 0600.")
    private Path out = Path.of("command.key");

    @Option(
            names = "--name",
            required = true,
            paramLabel = "KID",
            description = "The key's identifier, such as ops-2026; commands name it.")
    private String name = "";

    @Option(
            names = "--verb",
            split = ",",
            paramLabel = "VERB",
            defaultValue = "resend,feedback,diagnose,install,rollback,rollout,configure,pause,resume,restart",
            description = "What it may ask; repeat for more. Default: ${DEFAULT-VALUE}.")
    private List<String> verbs = List.of();

    @Option(
            names = "--site",
            required = true,
            split = ",",
            paramLabel = "SITE",
            description = "Where; repeat for more, '*' for every site.")
    private List<String> sites = List.of();

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "Its first line encrypts the key; else $PICKET_COMMAND_PASSPHRASE, else it is asked for.")
    private @Nullable Path passphraseFile;

    @Option(names = "--json", description = "Print only the public key, as JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        Path publicHalf = out.resolveSibling(out.getFileName() + ".jwk.json");
        for (Path each : List.of(out, publicHalf)) {
            if (Files.exists(each)) {
                throw new CommandFailure(ExitCode.DATA, each + " is there already; name another file with --out.");
            }
        }
        check();
        char[] passphrase = Passphrase.COMMAND.read(passphraseFile, true);
        ObjectNode jwk = ReleaseOptions.run(() -> {
            KeyFile made = KeyFile.create(out, name, passphrase, KeyFolder.ITERATIONS);
            ObjectNode publicKey = new CommandJwk(name, made.key().publicHex(), verbs, sites).toJson();
            AtomicFiles.write(publicHalf, StrictJson.pretty(publicKey));
            return publicKey;
        });
        if (json) {
            spec.commandLine().getOut().println(jwk);
        } else {
            spec.commandLine().getOut().printf("Made %s, and its public half %s:%n%s%n", out, publicHalf, jwk);
            spec.commandLine()
                    .getOut()
                    .printf("Gateways obey it once it is published: picket release command-keys %s%n", publicHalf);
        }
        return ExitCode.OK;
    }

    /** What a gateway would not take is told before anything is made. */
    private void check() throws CommandFailure {
        CommandJwk like = new CommandJwk(name, "0".repeat(64), verbs, sites);
        ReleaseOptions.run(() ->
                CommandJwks.parse("the key", StrictJson.pretty(new CommandJwks(List.of(like), 0).toJson())));
    }
}
