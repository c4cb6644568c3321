package dev.picket.agent.cli;

import dev.picket.agent.AgentLoop;
import dev.picket.agent.StartAgain;
import dev.picket.agent.StartFailedException;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.service.Supervision;
import java.time.Duration;
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
    private static final Duration END_WITHIN = Duration.ofMinutes(1);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(5);
    private static final Duration TRY_AGAIN_AT_MOST = Duration.ofMinutes(5);

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() throws ConfigException, StartFailedException, InterruptedException {
        Thread.setDefaultUncaughtExceptionHandler(
                new LastResort(() -> Runtime.getRuntime().halt(ExitCode.INTERNAL)));
        AgentLoop agents = new AgentLoop(
                config.source(),
                _ -> {},
                Supervision.of(System.getenv()),
                _ -> StartMark.takeAway(),
                END_WITHIN,
                () -> Runtime.getRuntime().halt(ExitCode.INTERNAL),
                new StartAgain(TRY_AGAIN, TRY_AGAIN_AT_MOST));
        agents.stopOnSignal();
        agents.run();
        return ExitCode.OK;
    }
}
