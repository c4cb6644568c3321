package dev.picket.agent.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Measures speed as ratios against a floor in the same run. */
@Command(
        name = "bench",
        description = "Measures speed as ratios against a floor that is measured in the same run.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class BenchCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return ExitCode.OK;
    }
}
