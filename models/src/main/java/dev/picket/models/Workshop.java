package dev.picket.models;

import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * {@code picket workshop}: makes bases and tasks from checkpoints, on a desk and from a checkout; a gateway has none of it.
 */
@Command(
        name = "picket workshop",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        version = "picket workshop 0.1.0",
        description = "Makes bases and tasks: a checkpoint becomes an INT4 base, a PEFT folder a task.",
        subcommands = {
            ImportCommand.class,
            WrapCommand.class,
            AdapterCommand.class,
            TaskCommand.class,
            TrainCommand.class,
            CalibrateCommand.class,
            DriftCommand.class,
            EvaluateCommand.class,
            AttackCommand.class,
            SyntheticCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "64:the command line is wrong",
            "65:what was given is refused; trying again will not help",
            "69:a file could not be read or written; trying again may help",
            "70:a fault of ours"
        },
        exitCodeOnInvalidInput = Workshop.USAGE,
        exitCodeOnExecutionException = Workshop.INTERNAL)
public final class Workshop implements Callable<Integer> {
    /** Those of the agent's commands, so that a script need not know which of the two it runs. */
    static final int USAGE = 64;

    static final int INTERNAL = 70;
    private static final int REFUSED = 65;
    private static final int UNAVAILABLE = 69;

    @Spec
    private @Nullable CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Workshop())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((thrown, command, _) -> {
                    command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + sentence(thrown));
                    if (thrown instanceof BadArtefactException) {
                        return REFUSED;
                    }
                    if (thrown instanceof IOException) {
                        return UNAVAILABLE;
                    }
                    throw thrown;
                });
    }

    private static String sentence(Exception thrown) {
        return switch (thrown) {
            case NoSuchFileException e -> e.getFile() + " is not there.";
            case AccessDeniedException e -> e.getFile() + " may not be read or written by this user.";
            default -> String.valueOf(thrown.getMessage());
        };
    }

    /** Without a subcommand: the help, and the exit code of a wrong command line. */
    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getErr());
        }
        return USAGE;
    }
}
