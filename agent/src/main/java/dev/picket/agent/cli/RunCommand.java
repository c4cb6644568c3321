package dev.picket.agent.cli;

import dev.picket.agent.AgentLoop;
import dev.picket.agent.StartFailedException;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.service.Supervision;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the agent in the foreground, until it is told to stop. */
@Command(
        name = "run",
        description = "Runs the agent in the foreground, until SIGTERM or Ctrl-C.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    private static final Duration END_WITHIN = Duration.ofMinutes(1);

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() throws ConfigException, StartFailedException, InterruptedException {
        Thread.setDefaultUncaughtExceptionHandler(RunCommand::halt);
        AgentLoop agents = new AgentLoop(
                config.source(),
                _ -> {},
                Supervision.of(System.getenv()),
                _ -> StartMark.takeAway(),
                END_WITHIN,
                () -> Runtime.getRuntime().halt(ExitCode.INTERNAL));
        agents.stopOnSignal();
        agents.run();
        return ExitCode.OK;
    }

    /**
     * An Error in one thread, such as no memory left, leaves a flow without it; a restart is what the journal is made
     * for. No orderly stop is tried: it might wait for what is gone.
     */
    private static void halt(Thread thread, Throwable fault) {
        LOG.error(
                "The thread {} has ended by {}; the agent stops, so that it is started again",
                thread.getName(),
                fault.toString(),
                fault);
        Runtime.getRuntime().halt(ExitCode.INTERNAL);
    }
}
