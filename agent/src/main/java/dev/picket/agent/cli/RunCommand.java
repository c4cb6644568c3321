package dev.picket.agent.cli;

import dev.picket.agent.AgentContext;
import dev.picket.agent.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the agent in the foreground, until it is told to stop. */
@Command(
        name = "run",
        description = "Runs the agent in the foreground, until SIGTERM or Ctrl-C.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class RunCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() throws ConfigException, CommandFailure, InterruptedException {
        try (AgentContext agent = AgentContext.start(config.load())) {
            agent.stopOnSignal();
            agent.awaitStop();
        }
        return ExitCode.OK;
    }
}
