package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.repository.KeyChange;
import dev.picket.ota.repository.PublicKeys;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.Validity;
import dev.picket.ota.tuf.Key;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes who may sign what: makes the next root, which counts once it is signed by the old keys and published. */
@Command(
        name = "key",
        description = {
            "Change who may sign what. Each change goes into the next root, which the root keys sign",
            "(those here at once, others by 'picket release sign') and 'picket release publish' makes known;",
            "a change of a team's keys goes into the next targets."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleaseKey {
    private static final String ROLE = "root, targets, snapshot, timestamp, or a team.";
    private static final String OLD = "The old key: how its id begins, as 'picket release show' lists it.";

    @Command(
            name = "add",
            description = "Give a role one more key.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    int add(
            @Mixin ReleaseOptions options,
            @Mixin KeyOptions keys,
            @Mixin NewKeys newKey,
            @Parameters(paramLabel = "ROLE", description = ROLE) String role,
            @Option(names = "--dry-run", description = "Say what would be written, and write nothing.") boolean dry)
            throws CommandFailure {
        newKey.check(keys);
        return change(options, keys, dry, (repository, change) -> {
            Key key = newKey.one(repository, keys, options.repository, role);
            change.add(role, key);
            return "Key " + PublicKeys.id(key) + " will sign " + role + ".";
        });
    }

    @Command(
            name = "rotate",
            description = "Put a new key in an old one's place.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    int rotate(
            @Mixin ReleaseOptions options,
            @Mixin KeyOptions keys,
            @Mixin NewKeys newKey,
            @Parameters(index = "0", paramLabel = "ROLE", description = ROLE) String role,
            @Parameters(index = "1", arity = "0..1", defaultValue = "", paramLabel = "KEY", description = OLD)
                    String old,
            @Option(names = "--dry-run", description = "Say what would be written, and write nothing.") boolean dry)
            throws CommandFailure {
        newKey.check(keys);
        return change(options, keys, dry, (repository, change) -> {
            Key key = newKey.one(repository, keys, options.repository, role);
            String gone = change.rotate(role, old, key);
            return "Key " + PublicKeys.id(key) + " will sign " + role + " instead of " + gone + ".";
        });
    }

    @Command(
            name = "revoke",
            description = "Take a key away from a role.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    int revoke(
            @Mixin ReleaseOptions options,
            @Mixin KeyOptions keys,
            @Parameters(index = "0", paramLabel = "ROLE", description = ROLE) String role,
            @Parameters(index = "1", paramLabel = "KEY", description = OLD) String old,
            @Option(names = "--dry-run", description = "Say what would be written, and write nothing.") boolean dry)
            throws CommandFailure {
        return change(
                options,
                keys,
                dry,
                (_, change) -> "Key " + change.revoke(role, old) + " will sign " + role + " no more.");
    }

    @Command(
            name = "threshold",
            description = "Say how many of a role's keys must sign.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    int threshold(
            @Mixin ReleaseOptions options,
            @Mixin KeyOptions keys,
            @Parameters(index = "0", paramLabel = "ROLE", description = ROLE) String role,
            @Parameters(index = "1", paramLabel = "N", description = "How many.") int threshold,
            @Option(names = "--dry-run", description = "Say what would be written, and write nothing.") boolean dry)
            throws CommandFailure {
        return change(options, keys, dry, (_, change) -> {
            change.threshold(role, threshold);
            return "The role " + role + " will need " + threshold + " signatures.";
        });
    }

    @Command(
            name = "renew",
            description = "Make the next root with the same keys, good for another year.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    int renew(
            @Mixin ReleaseOptions options,
            @Mixin KeyOptions keys,
            @Option(names = "--dry-run", description = "Say what would be written, and write nothing.") boolean dry)
            throws CommandFailure {
        return change(options, keys, dry, (_, _) -> "The next root will be good for another year.");
    }

    @Command(
            name = "discard",
            description = "Drop the changes of keys that are not published.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    int discard(
            @Mixin ReleaseOptions options,
            @Option(names = "--dry-run", description = "Say what would be written, and write nothing.") boolean dry)
            throws CommandFailure {
        ReleaseOptions.Outcome<Boolean> done = options.change(dry, (repository, _) -> {
            KeyChange.discard(repository);
            return true;
        });
        options.print(
                done,
                dry,
                ReleaseOptions.object().put("discarded", true),
                List.of("The keys stay as they are published."));
        return ExitCode.OK;
    }

    @Command(
            name = "new",
            description = {
                "Make a key for a repository that is elsewhere: FILE, encrypted, and its public half, NAME"
                        + PublicKeys.ENDING + ",",
                "which 'picket release key add ROLE --public' takes there."
            },
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    int make(
            @Mixin ReleaseOptions options,
            @Mixin KeyOptions keys,
            @Parameters(paramLabel = "FILE", description = "Where the key goes, such as root-anna.json.") Path file)
            throws CommandFailure {
        String id =
                ReleaseOptions.run(() -> keys.offline(options.repository, true).createAt(file));
        options.print(
                ReleaseOptions.object().put("key", file.toString()).put("id", id),
                List.of("Made the key " + id + " in " + file + ", and its public half beside it."));
        return ExitCode.OK;
    }

    /** What is changed, and the line that says it. */
    interface Step {
        String apply(Repository repository, KeyChange change) throws RejectedException, IOException;
    }

    static int change(ReleaseOptions options, KeyOptions keys, boolean dry, Step step) throws CommandFailure {
        keys.check();
        List<String> lines = new ArrayList<>();
        ReleaseOptions.Outcome<Map<String, String>> done = options.change(dry, (repository, _) -> {
            KeyChange change = repository.changeKeys(Validity.DEFAULT, Instant.now());
            lines.add(step.apply(repository, change));
            return change.save(keys.all(options.repository));
        });
        ObjectNode result = ReleaseOptions.object().put("change", lines.getFirst());
        tell(done.value(), result, lines);
        options.print(done, dry, result, lines);
        return ExitCode.OK;
    }

    /** What each waiting file still needs. */
    static void tell(Map<String, String> state, ObjectNode result, List<String> lines) {
        ArrayNode waiting = result.putArray("waiting");
        state.forEach((name, lack) -> {
            waiting.addObject().put("file", name).put("needs", lack);
            lines.add(lack.isEmpty() ? name + " has all its signatures: publish it." : name + " needs " + lack + ".");
        });
    }
}
