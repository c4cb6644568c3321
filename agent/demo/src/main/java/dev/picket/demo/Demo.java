package dev.picket.demo;

import dev.picket.agent.StartFailedException;
import dev.picket.agent.cli.Cli;
import dev.picket.agent.cli.CommandFailure;
import dev.picket.agent.cli.ExitCode;
import dev.picket.agent.cli.Version;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.RejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The whole job on embedded defaults: broker, texts, verdicts, a signed update, the page. */
@Command(
        name = "demo",
        description = "Shows the whole job: a broker, a factory floor's texts, verdicts, a signed update, the page.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Demo implements Callable<Integer> {
    private static final Pattern TIME = Pattern.compile("(\\d{1,6})(s|m|h)?");

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "Ends by itself after this time, such as 30s or 5m; default: until Ctrl-C.")
    private @Nullable String time;

    @Option(names = "--json", description = "Nothing but one JSON object as the last line.")
    private boolean json;

    @Option(names = "--http-port", paramLabel = "N", description = "The page's port; default: a free one.")
    private int httpPort;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(Cli.execute(new Demo(), args));
    }

    @Override
    public Integer call() throws CommandFailure, StartFailedException, InterruptedException {
        Duration length = length();
        String root = System.getenv("PICKET_ROOT");
        Path released = Path.of(root == null ? "." : root, "models", "released");
        if (!Files.isDirectory(released.resolve("base"))) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "there is no released model at " + released);
        }
        Path work = temporary();
        Screen screen = new Screen(json ? null : spec.commandLine().getOut());
        try (DemoRun run = DemoRun.start(released, work, httpPort, screen)) {
            run.play(length);
            if (json) {
                spec.commandLine().getOut().println(run.summary());
            } else {
                screen.say("@|bold Done:|@ " + run.sentence());
            }
        } catch (IOException | MqttException | RejectedException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "the demo cannot go on: " + e.getMessage());
        } finally {
            remove(work);
        }
        return ExitCode.OK;
    }

    /** Longer than anybody watches where no time was given. */
    private Duration length() {
        if (time == null) {
            return Duration.ofDays(365);
        }
        Matcher matcher = TIME.matcher(time);
        if (!matcher.matches()) {
            throw new ParameterException(spec.commandLine(), "'" + time + "' is no time such as 30s, 5m or 1h");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case null, default -> Duration.ofSeconds(count);
        };
    }

    private static Path temporary() throws CommandFailure {
        try {
            return Files.createTempDirectory("picket-demo-");
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "no temporary folder can be made: " + e.getMessage());
        }
    }

    /** Where the run could not be started, its folder is still there. */
    private static void remove(Path work) throws CommandFailure {
        try {
            AtomicFiles.removeTree(work);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, work + " could not be removed: " + e.getMessage());
        }
    }
}
