package dev.picket.agent.cli;

import dev.picket.agent.DataLock;
import dev.picket.agent.DiskFault;
import dev.picket.agent.StartFailedException;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.rows.JournalRows;
import dev.picket.agent.rows.RowCursor;
import dev.picket.agent.rows.RowFilter;
import dev.picket.agent.rows.RowPage;
import dev.picket.agent.rows.Rows;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes the journal's rows away. */
@Command(
        name = "export",
        description = {
            "Write the journal's verdicts, sent or not, as JSON lines or CSV, by priority, then in their order.",
            "Through the agent that runs here; where none runs, from its journal. Texts stand in them while the journal keeps",
            "them. In CSV a text that a spreadsheet would run as a formula gets a ' before it."
        },
        footer = {"", "Exit codes: 0 done, 69 neither an agent nor a journal can be read."},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class ExportCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private RowOptions wanted = new RowOptions();

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "jsonl", description = "jsonl or csv.")
    private RowExport.Format format = RowExport.Format.JSONL;

    @Option(names = "--from", paramLabel = "INSTANT", description = "Texts read at this instant or after it.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "INSTANT", description = "Texts read before this instant.")
    private @Nullable String to;

    @Option(names = "--since", paramLabel = "TIME", description = "Texts read in the last TIME, such as 24h.")
    private @Nullable Duration since;

    @Option(names = "--out", paramLabel = "FILE", description = "Where to; it appears once it is whole, 0600.")
    private @Nullable Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailure {
        PicketConfig loaded = config.load();
        RowFilter filter = wanted.filter(from, to, since, Clock.systemUTC());
        LocalAgent agent = LocalAgent.of(loaded);
        Path file = loaded.data().directory().resolve("journal.db");
        if (agent.isAnnounced() && !isLeftBehind(file)) {
            export(new AgentRows(agent), filter);
        } else {
            exportStopped(loaded, file, filter);
        }
        return ExitCode.OK;
    }

    /** An agent that was killed leaves its address, but not its lock. */
    private static boolean isLeftBehind(Path journal) {
        Path directory = journal.toAbsolutePath().getParent();
        return directory != null && Files.exists(journal) && DataLock.isFree(directory);
    }

    /** Under the agent's lock, so that none starts meanwhile. */
    private void exportStopped(PicketConfig loaded, Path file, RowFilter filter) throws CommandFailure {
        if (!Files.exists(file)) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "no agent runs here, and there is no journal " + file + "; look at data.directory");
        }
        try (DataLock _ = DataLock.take(loaded.data().directory())) {
            Journal journal = Journal.open(file, loaded.journal(), Clock.systemUTC());
            try {
                export(new Opened(new JournalRows(journal)), filter);
            } finally {
                journal.closeAsFound();
            }
        } catch (StartFailedException | JournalUnavailableException | NewerSchemaException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    private void export(Rows<CommandFailure> rows, RowFilter filter) throws CommandFailure {
        RowExport export = new RowExport(rows, filter, format);
        Path target = out;
        try (TerminalProgress bar = TerminalProgress.ofSteps("export", export.total(), target == null)) {
            if (target == null) {
                PrintWriter screen = spec.commandLine().getOut();
                export.run(
                        line -> {
                            screen.print(line);
                            return !screen.checkError();
                        },
                        bar);
            } else {
                AtomicFiles.write(target, AtomicFiles.Access.OWNER, stream -> whole(export, stream, bar));
            }
        } catch (Stopped e) {
            throw e.failure;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, target + " cannot be written: " + DiskFault.reason(e) + ".");
        }
    }

    private static void whole(RowExport export, OutputStream stream, TerminalProgress bar) throws IOException {
        try {
            export.run(
                    line -> {
                        stream.write(line.getBytes(StandardCharsets.UTF_8));
                        return true;
                    },
                    bar);
        } catch (CommandFailure e) {
            throw new Stopped(e);
        }
    }

    /** Rows cannot be read, in the middle of a file, which then does not appear. */
    private static final class Stopped extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient CommandFailure failure;

        private Stopped(CommandFailure failure) {
            super(failure);
            this.failure = failure;
        }
    }

    /** The rows of a journal that this process has opened. */
    private record Opened(JournalRows rows) implements Rows<CommandFailure> {
        @Override
        public RowPage page(RowCursor after, RowCursor through, int max, RowFilter filter) throws CommandFailure {
            try {
                return rows.page(after, through, max, filter);
            } catch (JournalUnavailableException e) {
                throw new CommandFailure(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()));
            }
        }

        @Override
        public RowPage latest(int max, RowFilter filter) throws CommandFailure {
            try {
                return rows.latest(max, filter);
            } catch (JournalUnavailableException e) {
                throw new CommandFailure(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()));
            }
        }
    }
}
