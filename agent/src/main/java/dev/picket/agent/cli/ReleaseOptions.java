package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.DiskFault;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the release commands share: where the repository lies, how its keys are opened, how results are told. */
final class ReleaseOptions {
    @Option(
            names = "--repository",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "The repository's folder. Default: the current one.")
    Path repository = Path.of(".");

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec spec;

    Repository open() throws CommandFailure {
        return run(() -> Repository.open(repository));
    }

    /**
     * The keys, opened with a passphrase from a file, the environment, or the terminal.
     *
     * @param passphraseFile its first line is the passphrase
     * @param confirm whether a person has to type it twice
     */
    KeyFolder keys(@Nullable Path keys, @Nullable Path passphraseFile, boolean confirm) throws CommandFailure {
        Path folder = keys == null ? repository.resolve("keys") : keys;
        return new KeyFolder(folder, Passphrase.RELEASE.read(passphraseFile, confirm), KeyFolder.ITERATIONS);
    }

    void print(ObjectNode result, List<String> lines) {
        if (json) {
            out(result.toString());
        } else {
            lines.forEach(this::out);
        }
    }

    /** What may be refused. */
    @FunctionalInterface
    interface Action<T> {
        T run() throws RejectedException, IOException;
    }

    /** Runs it; a refusal or a fault of the disk ends the command with its one sentence. */
    static <T> T run(Action<T> action) throws CommandFailure {
        try {
            return action.run();
        } catch (RejectedException e) {
            throw new CommandFailure(ExitCode.DATA, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "The disk refused: " + DiskFault.reason(e) + ".");
        }
    }

    static ObjectNode object() {
        return StrictJson.object();
    }

    private void out(String line) {
        if (spec != null) {
            spec.commandLine().getOut().println(line);
        }
    }
}
