package dev.picket.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.config.ConfigException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets the running agent take a drift as how things are now. */
@Command(
        name = "accept",
        description = {
            "Takes the drift of a task as how things are now, once somebody has looked at its latest verdicts and found them right.",
            "Its alarms end, and what it sees from now on becomes its baseline; until that is frozen no drift is told."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = "Exit codes: 0 accepted, 65 no drift of this task stands, 69 no agent answers or it cannot be saved.")
final class DriftAccept implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "TASK", description = "The task, such as fraud.")
    private String task = "";

    @Option(names = "--json", description = "One JSON object instead of text.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailure, JsonProcessingException {
        String body = LocalAgent.of(config.load())
                .post("/api/drift/accept?task=" + URLEncoder.encode(task, StandardCharsets.UTF_8));
        String said =
                json ? body : new ObjectMapper().readTree(body).path("sentence").asText();
        spec.commandLine().getOut().println(said);
        return ExitCode.OK;
    }
}
