package dev.picket.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.config.ConfigException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Has the running agent read its configuration anew, and waits until it runs with it. */
@Command(
        name = "reload",
        description = {
            "Has the running agent read its configuration anew, and waits until it runs with it.",
            "What cannot be used, or not without a new process, is said; the agent goes on as it was then."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = "Exit codes: 0 it runs with what the files say, 65 it goes on as it was, 69 no agent answers,"
                + " 78 the configuration cannot be used, and the agent goes on as it was.")
public final class ReloadCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LOOK = Duration.ofMillis(100);

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--within",
            paramLabel = "TIME",
            description = "How long to wait for the agent; default: ${DEFAULT-VALUE}.",
            defaultValue = "60s")
    private Duration within = Duration.ofMinutes(1);

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailure, JsonProcessingException, InterruptedException {
        LocalAgent agent = LocalAgent.of(config.load());
        String before = agent.token();
        JsonNode changed = JSON.readTree(agent.post("/api/reload")).path("changed");
        PrintWriter out = spec.commandLine().getOut();
        if (changed.isEmpty()) {
            out.println("Nothing has changed; the agent goes on.");
            return ExitCode.OK;
        }
        await(agent, before);
        List<String> sections = new ArrayList<>();
        changed.forEach(section -> sections.add(section.asText()));
        out.println("The agent runs with what has changed: " + String.join(", ", sections) + ".");
        return ExitCode.OK;
    }

    /** Each agent has a token of its own, so another one is another agent. */
    private void await(LocalAgent agent, String before) throws CommandFailure, InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        while (true) {
            try {
                if (!agent.token().equals(before)) {
                    agent.get("/api/status");
                    return;
                }
            } catch (CommandFailure e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
            }
            if (System.nanoTime() - end > 0) {
                throw new CommandFailure(
                        ExitCode.UNAVAILABLE,
                        "the agent has not started again within " + within.toSeconds() + " s; its log says why");
            }
            Thread.sleep(LOOK);
        }
    }
}
