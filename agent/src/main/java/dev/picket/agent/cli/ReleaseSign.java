package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.repository.Disk;
import dev.picket.ota.repository.SigningRequest;
import dev.picket.ota.repository.Validity;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Collects the signatures of the offline roles. */
@Command(
        name = "sign",
        description = {
            "Sign what waits for the keys of root, targets and teams: here, or on another machine that is never online.",
            "'sign' alone signs with the keys that are here; --export writes a request for those that are elsewhere,",
            "'sign FILE' signs it there, --import takes it back."
        },
        footer = {
            "",
            "  here:   picket release sign --export request.json",
            "  there:  picket release sign request.json --offline-keys DIR --dry-run    (says what would be signed)",
            "  there:  picket release sign request.json --offline-keys DIR",
            "  here:   picket release sign --import request.json",
            "  here:   picket release publish DIR"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleaseSign implements Callable<Integer> {
    @Mixin
    private ReleaseOptions options = new ReleaseOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "A request, to be signed in place.")
    private @Nullable Path request;

    @Option(names = "--export", paramLabel = "FILE", description = "Write what waits, as a request.")
    private @Nullable Path export;

    @Option(names = "--import", paramLabel = "FILE", description = "Take the signatures of a request that came back.")
    private @Nullable Path back;

    @Option(names = "--dry-run", description = "Say what would be signed, and write nothing.")
    private boolean dry;

    @Override
    public Integer call() throws CommandFailure {
        keys.check();
        long ways =
                Stream.of(request, export, back).filter(each -> each != null).count();
        if (ways > 1) {
            throw new CommandFailure(ExitCode.USAGE, "Give one of FILE, --export and --import.");
        }
        if (request != null) {
            return there(request);
        }
        if (export != null) {
            return out(export);
        }
        return back == null ? here() : in(back);
    }

    private int here() throws CommandFailure {
        ReleaseOptions.Outcome<Map<String, String>> done = options.change(
                dry, (repository, _) -> repository.sign(keys.all(options.repository), Validity.DEFAULT, Instant.now()));
        return tell(done, List.of(), done.value());
    }

    private int out(Path file) throws CommandFailure {
        ReleaseOptions.Outcome<SigningRequest> done = options.change(dry, (repository, disk) -> {
            SigningRequest made = SigningRequest.of(repository, Validity.DEFAULT, Instant.now());
            made.write(file, disk);
            return made;
        });
        List<String> lines = new ArrayList<>(ReleaseOptions.run(done.value()::lines));
        lines.add("Take " + file + " to the keys, and sign it there: picket release sign " + file.getFileName());
        return tell(done, lines, ReleaseOptions.run(done.value()::state));
    }

    /** On a machine without the repository. */
    private int there(Path file) throws CommandFailure {
        SigningRequest read = ReleaseOptions.run(() -> SigningRequest.read(file));
        List<String> lines = new ArrayList<>(ReleaseOptions.run(
                () -> read.lines(keys.offline(options.repository, false).publicKeys())));
        // Whoever carried it could otherwise wipe a line from the screen.
        lines.replaceAll(line -> Printable.lines(line).replace('\n', ' '));
        ReleaseOptions.Outcome<Integer> done = dry
                ? new ReleaseOptions.Outcome<>(0, List.of())
                : new ReleaseOptions.Outcome<>(
                        ReleaseOptions.run(() -> {
                            int added = read.sign(keys.all(options.repository));
                            read.write(file, Disk.REAL);
                            return added;
                        }),
                        List.of());
        if (!dry) {
            lines.add("Signatures added to " + file + ": " + done.value() + ".");
        }
        return tell(done, lines, ReleaseOptions.run(read::state));
    }

    private int in(Path file) throws CommandFailure {
        SigningRequest read = ReleaseOptions.run(() -> SigningRequest.read(file));
        ReleaseOptions.Outcome<Integer> done = options.change(dry, (repository, _) -> read.mergeInto(repository));
        return tell(
                done,
                List.of("Signatures taken from " + file + ": " + done.value() + "."),
                ReleaseOptions.run(read::state));
    }

    private int tell(ReleaseOptions.Outcome<?> done, List<String> said, Map<String, String> state) {
        ObjectNode result = ReleaseOptions.object();
        ArrayNode list = result.putArray("lines");
        said.forEach(list::add);
        List<String> lines = new ArrayList<>(said);
        ReleaseKey.tell(state, result, lines);
        if (state.isEmpty()) {
            lines.add("Nothing waits for a signature.");
        }
        options.print(done, dry, result, lines);
        return ExitCode.OK;
    }
}
