package dev.picket.agent.cli;

import dev.picket.agent.StartFailedException;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.Fault;
import dev.picket.agent.config.Scalars;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** How every command is run: colour on a terminal only, one sentence for each error, exit codes as documented. */
public final class Cli {
    private static final Logger log = LoggerFactory.getLogger(Cli.class);

    private Cli() {}

    /** Runs one command and answers its exit code. */
    public static int execute(Object command, String... args) {
        return commandLine(command).execute(args);
    }

    static CommandLine commandLine(Object command) {
        CommandLine line = new CommandLine(command);
        if (Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false)) {
            line.setOut(new PrintWriter(new TerminalWriter(line.getOut()), true))
                    .setErr(new PrintWriter(new TerminalWriter(line.getErr()), true));
        }
        return line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.AUTO))
                .setCaseInsensitiveEnumValuesAllowed(true)
                // A word that begins with @ is a file where an option says so, and a word elsewhere.
                .setExpandAtFiles(false)
                .registerConverter(Duration.class, Cli::duration)
                .setParameterExceptionHandler((e, _) -> {
                    CommandLine at = e.getCommandLine();
                    at.getErr().println("picket: " + e.getMessage());
                    CommandLine.UnmatchedArgumentException.printSuggestions(e, at.getErr());
                    at.getErr().println("Try '" + at.getCommandSpec().qualifiedName() + " --help'.");
                    return ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((e, at, _) -> report(e, at.getErr()));
    }

    private static Duration duration(String text) {
        try {
            return Scalars.duration(text);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
        }
    }

    private static int report(Exception e, PrintWriter err) {
        if (e instanceof CommandFailure failure) {
            err.println("picket: " + failure.getMessage());
            return failure.exitCode();
        }
        if (e instanceof StartFailedException failed) {
            err.println("picket: " + failed.getMessage());
            return switch (failed.family()) {
                case CONFIGURATION -> ExitCode.CONFIG;
                case UNAVAILABLE -> ExitCode.UNAVAILABLE;
            };
        }
        if (e instanceof ConfigException faulty) {
            err.println("picket: the configuration cannot be used:");
            for (Fault fault : faulty.faults()) {
                err.println("  " + fault);
            }
            return ExitCode.CONFIG;
        }
        log.debug("a fault of ours", e);
        err.println("picket: a fault of ours: " + e + "; run with PICKET_JAVA_OPTS=-Dpicket.log=DEBUG to see where.");
        return ExitCode.INTERNAL;
    }
}
