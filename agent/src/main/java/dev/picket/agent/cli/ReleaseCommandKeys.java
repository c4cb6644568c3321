package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.CommandJwk;
import dev.picket.ota.release.CommandJwks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says whose commands gateways obey; it counts once it is published. */
@Command(
        name = "command-keys",
        description = {
            "Make these public keys, and no others, the ones whose commands gateways obey; it counts once it is published.",
            "A file holds one key, as 'picket fleet key' writes it, or a JWKS whose keys have 'verbs' and 'sites'."
        },
        footer = {"", "Leave a key out to take its rights away from the next publication on."},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleaseCommandKeys implements Callable<Integer> {
    @Mixin
    private ReleaseOptions options = new ReleaseOptions();

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "A JWK or a JWKS; more are put together.")
    private List<Path> files = List.of();

    @Option(names = "--dry-run", description = "Say what would be written, and write nothing.")
    private boolean dry;

    @Override
    public Integer call() throws CommandFailure {
        CommandJwks keys = ReleaseOptions.run(this::read);
        ReleaseOptions.Outcome<Boolean> put = options.change(dry, (repository, _) -> repository.putCommandKeys(keys));
        boolean changed = put.value();
        ObjectNode result =
                ReleaseOptions.object().put("target", CommandJwks.PATH).put("changed", changed);
        ArrayNode kids = result.putArray("keys");
        List<String> lines = new ArrayList<>();
        for (CommandJwk each : keys.keys()) {
            kids.add(each.kid());
            lines.add(each.kid() + " may " + String.join(", ", each.verbs()) + " at "
                    + (each.sites().contains(CommandJwk.EVERY_SITE) ? "every site" : String.join(", ", each.sites())));
        }
        lines.add(
                changed
                        ? "Added " + CommandJwks.PATH + ". Publish it next."
                        : CommandJwks.PATH + " holds these keys already.");
        options.print(put, dry, result, lines);
        return ExitCode.OK;
    }

    private CommandJwks read() throws RejectedException, IOException {
        ObjectNode all = ReleaseOptions.object();
        ArrayNode keys = all.putArray("keys");
        for (Path file : files) {
            Fields fields = StrictJson.parse(file.toString(), Files.readAllBytes(file));
            if (fields.has("keys")) {
                check(file, Files.readAllBytes(file));
                fields.objects("keys", CommandJwks.MOST_KEYS).forEach(each -> keys.add(each.node()));
            } else {
                ObjectNode one = ReleaseOptions.object();
                one.putArray("keys").add(fields.node());
                check(file, StrictJson.pretty(one));
                keys.add(fields.node());
            }
        }
        return CommandJwks.parse("the keys together", StrictJson.pretty(all));
    }

    /** Each file for itself first, so that a fault is told with the file's name. */
    private static void check(Path file, byte[] jwks) throws RejectedException {
        CommandJwks read = CommandJwks.parse(file.toString(), jwks);
        if (read.others() > 0) {
            throw new RejectedException(
                    Reason.MALFORMED,
                    file + " holds a key that is no Ed25519 key (kty OKP, crv Ed25519): gateways would not know it.");
        }
    }
}
