package dev.picket.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line's entry point. */
@Command(
        name = "picket",
        description = "Classifies texts on this gateway and keeps every verdict safe.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            RunCommand.class,
            StatusCommand.class,
            ReloadCommand.class,
            SupportBundleCommand.class,
            CheckCommand.class,
            ClassifyCommand.class,
            BenchCommand.class,
            DevicesCommand.class,
            TailCommand.class,
            ExportCommand.class,
            InstallCommand.class,
            RollbackCommand.class,
            DriftCommand.class,
            ReleaseCommand.class,
            FleetCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "From a checkout also: picket demo, picket workshop.",
            "Exit codes: 0 done, 1 findings, 64 wrong words, 65 bad input, 69 something needed does not answer,",
            "70 a fault of ours, 78 the configuration cannot be used."
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(Cli.execute(new Main(), args));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }
}
