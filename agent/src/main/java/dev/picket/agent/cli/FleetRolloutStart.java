package dev.picket.agent.cli;

import dev.picket.agent.config.TopicName;
import dev.picket.agent.rollout.Claims;
import dev.picket.agent.rollout.Rollout;
import dev.picket.agent.rollout.Window;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.repository.KeyFile;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Begins a rollout. */
@Command(
        name = "start",
        description = "Order a Set for a share of a site's gateways, and follow them until each has ended.",
        footer = {
            "",
            "Exit codes: 0 all proved, 1 some not, or aborted, 64 wrong words, 65 the key cannot be used, 69 no broker, or",
            "not all have ended in time."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class FleetRolloutStart implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofDays(90);

    @Mixin
    private RolloutOptions options = new RolloutOptions();

    @Mixin
    private SigningOptions signing = new SigningOptions();

    @Mixin
    private RolloutFollow follow = new RolloutFollow();

    @Option(names = "--set", required = true, paramLabel = "SET", description = "The Set, such as factory/7.")
    private String set = "";

    @Option(
            names = "--percent",
            paramLabel = "N",
            defaultValue = "100",
            description = "The share of the gateways that are meant. Default: ${DEFAULT-VALUE}.")
    private int percent = 100;

    @Option(names = "--group", split = ",", paramLabel = "NAME", description = "Gateways of any of these groups only.")
    private List<String> groups = List.of();

    @Option(names = "--window", paramLabel = "TIMES", description = "When installs may begin, such as 22:00-05:00.")
    private @Nullable String window;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            defaultValue = "UTC",
            description = "The window's time zone. Default: ${DEFAULT-VALUE}.")
    private String zone = "UTC";

    @Option(
            names = "--not-after",
            paramLabel = "TIME",
            defaultValue = "7d",
            description = "How long gateways may begin, up to 90d. Default: ${DEFAULT-VALUE}.")
    private Duration notAfter = Duration.ofDays(7);

    @Option(names = "--downgrade", description = "The Set may be older than what gateways have had.")
    private boolean downgrade;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        Rollout rollout = rollout();
        KeyFile key = signing.require();
        return options.talk(key, link -> {
            try {
                if (link.read(RolloutOptions.QUIET).isPresent()) {
                    throw new CommandFailure(
                            ExitCode.USAGE,
                            "there is a rollout '" + options.id() + "' already; take another --id, or change it with"
                                    + " 'picket fleet rollout resume'");
                }
            } catch (RejectedException e) {
                throw new CommandFailure(ExitCode.DATA, String.valueOf(e.getMessage()));
            }
            return follow.run(
                    link,
                    rollout,
                    key,
                    spec.commandLine().getOut(),
                    spec.commandLine().getErr());
        });
    }

    private Rollout rollout() throws CommandFailure {
        if (percent < 0 || percent > 100) {
            throw new CommandFailure(ExitCode.USAGE, "--percent must be from 0 to 100");
        }
        if (notAfter.toSeconds() < 1 || notAfter.compareTo(LONGEST) > 0) {
            throw new CommandFailure(ExitCode.USAGE, "--not-after must be from 1s to 90d");
        }
        Instant now = Clock.systemUTC().instant();
        try {
            groups.forEach(each -> TopicName.checked("the group", each));
            Rollout rollout = new Rollout(
                    TopicName.checked("the rollout's id", options.id()),
                    1,
                    set,
                    Set.copyOf(groups),
                    percent,
                    Rollout.State.ACTIVE,
                    window == null ? null : Window.of(window, zone),
                    Instant.ofEpochSecond(now.plus(notAfter).getEpochSecond()),
                    downgrade);
            // What a gateway would not take is told before anything is said.
            Claims.parse(StrictJson.pretty(new Claims(options.site() + "/*", now, rollout).toJson()));
            return rollout;
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
        } catch (RejectedException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }
}
