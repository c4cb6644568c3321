package dev.picket.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.config.ConfigException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lets the running agent go back to the Set before. */
@Command(
        name = "rollback",
        description = {
            "Lets the running agent go back to the Set before; needs no repository. A trial that is under way ends at once.",
            "The channel does not bring back what was left before it names another Set."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = "Exit codes: 0 the Set before runs or will, 65 there is nothing to go back from or to,"
                + " 69 no agent answers or it cannot be done now.")
public final class RollbackCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--from", paramLabel = "SET", description = "Only where this one runs, such as factory/4.")
    private @Nullable String from;

    @Option(names = "--json", description = "One JSON object instead of text.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailure, JsonProcessingException {
        String query = from == null ? "" : "?from=" + URLEncoder.encode(from, StandardCharsets.UTF_8);
        String body = LocalAgent.of(config.load()).post("/api/rollbacks" + query);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(body);
            return ExitCode.OK;
        }
        JsonNode end = JSON.readTree(body);
        String set = end.path("set").asText();
        out.println((set.isEmpty() ? "" : set + ": ") + end.path("sentence").asText());
        return ExitCode.OK;
    }
}
