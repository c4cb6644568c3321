package dev.picket.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.config.ConfigException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets the running agent install what lies in a folder, and follows it to its end. */
@Command(
        name = "install",
        description = {
            "Lets the running agent install a Set from a folder, such as a USB stick that 'picket release export --usb' has",
            "written. Signatures, expiry and the trial count as they do over the air; windows and budgets do not."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer =
                "Exit codes: 0 it runs and is proved, 1 it came to nothing and the old Set runs, 65 the folder is refused,"
                        + " 69 no agent answers or it cannot be done now.")
public final class InstallCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LOOK_MILLIS = 300;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "DIR", description = "The folder with metadata, targets, blobs and usb.json.")
    private Path folder = Path.of("");

    @Option(names = "--set", paramLabel = "SET", description = "factory/4, where the folder has no usb.json.")
    private @Nullable String set;

    @Option(names = "--downgrade", description = "Although it is older than what was installed.")
    private boolean downgrade;

    @Option(names = "--again", description = "Although it failed here before.")
    private boolean again;

    @Option(names = "--detach", description = "Do not wait for its end; see 'picket status'.")
    private boolean detach;

    @Option(names = "--json", description = "One JSON object instead of text.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailure, JsonProcessingException, InterruptedException {
        LocalAgent agent = LocalAgent.of(config.load());
        String order = JSON.readTree(agent.post("/api/installs?" + query()))
                .path("order")
                .asText();
        PrintWriter out = spec.commandLine().getOut();
        if (detach) {
            out.println(json ? JSON.createObjectNode().put("order", order) : "ordered; see 'picket status'");
            return ExitCode.OK;
        }
        JsonNode end = follow(agent, order, out);
        if (json) {
            out.println(end);
        } else {
            out.printf("%s: %s: %s%n", text(end, "set"), text(end, "state"), text(end, "sentence"));
        }
        return switch (text(end, "state")) {
            case "installed" -> ExitCode.OK;
            case "unavailable" -> ExitCode.UNAVAILABLE;
            default -> ExitCode.FINDINGS;
        };
    }

    private JsonNode follow(LocalAgent agent, String order, PrintWriter out)
            throws CommandFailure, JsonProcessingException, InterruptedException {
        String said = "";
        while (true) {
            JsonNode now = JSON.readTree(agent.get("/api/installs/" + order));
            if (!text(now, "state").equals("running")) {
                return now;
            }
            String sentence = text(now, "sentence");
            if (!json && !sentence.equals(said)) {
                out.printf("%s: %s%n", text(now, "set"), sentence);
                said = sentence;
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private String query() {
        return "folder=" + encoded(folder.toAbsolutePath().normalize().toString())
                + (set == null ? "" : "&set=" + encoded(set))
                + "&downgrade=" + downgrade
                + "&again=" + again;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText();
    }
}
