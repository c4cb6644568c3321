package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.DiskFault;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.repository.Disk;
import dev.picket.ota.repository.DryRun;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.RepositoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the release commands share: where the repository lies, how it is locked and changed, how results are told. */
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

    /** For a command that only reads. */
    Repository open() throws CommandFailure {
        return run(() -> Repository.open(repository));
    }

    /** What a command does to a repository, and what it answers. */
    @FunctionalInterface
    interface Change<T> {
        T apply(Repository repository, Disk disk) throws RejectedException, IOException;
    }

    /** What came of it. */
    record Outcome<T>(T value, List<String> wouldWrite) {}

    /** Runs a change alone; or, dry, notes what it would write. */
    <T> Outcome<T> change(boolean dry, Change<T> change) throws CommandFailure {
        return locked(dry, disk -> change.apply(Repository.open(repository, disk), disk));
    }

    /** What a command does to a folder that need not be a repository yet. */
    @FunctionalInterface
    interface Work<T> {
        T apply(Disk disk) throws RejectedException, IOException;
    }

    <T> Outcome<T> locked(boolean dry, Work<T> work) throws CommandFailure {
        if (dry) {
            DryRun notes = new DryRun();
            T value = run(() -> work.apply(notes));
            return new Outcome<>(value, notes.lines());
        }
        return run(() -> {
            if (!Files.isDirectory(repository)) {
                // init makes it; any other command finds nothing in it and says so.
                return new Outcome<>(work.apply(Disk.REAL), List.of());
            }
            try (RepositoryLock _ = RepositoryLock.take(repository)) {
                return new Outcome<>(work.apply(Disk.REAL), List.of());
            }
        });
    }

    void print(ObjectNode result, List<String> lines) {
        if (json) {
            out(result.toString());
        } else {
            lines.forEach(this::out);
        }
    }

    /** The result of a change; of a dry run, with what it would have written, and said to be one. */
    void print(Outcome<?> outcome, boolean dry, ObjectNode result, List<String> lines) {
        if (!dry) {
            print(result, lines);
            return;
        }
        ArrayNode list = result.put("dryRun", true).putArray("wouldWrite");
        outcome.wouldWrite().forEach(list::add);
        List<String> all = new ArrayList<>(List.of("A dry run; nothing is changed. The result would be:"));
        all.addAll(lines);
        all.addAll(outcome.wouldWrite());
        print(result, all);
    }

    void warn(String line) {
        if (spec != null) {
            spec.commandLine().getErr().println("picket: " + line);
        }
    }

    /** What may be refused. */
    @FunctionalInterface
    interface Action<T> {
        T run() throws RejectedException, UnavailableException, IOException;
    }

    /** Runs it; a refusal or a fault of the disk ends the command with its one sentence. */
    static <T> T run(Action<T> action) throws CommandFailure {
        try {
            return action.run();
        } catch (RejectedException e) {
            throw new CommandFailure(ExitCode.DATA, String.valueOf(e.getMessage()));
        } catch (UnavailableException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()));
        } catch (NoSuchFileException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, "There is no file " + e.getMessage() + ": name one that is there.");
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
