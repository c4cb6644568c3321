package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.console.ConsoleLink;
import dev.picket.agent.console.Exchange;
import dev.picket.agent.console.Order;
import dev.picket.agent.console.Orders;
import dev.picket.agent.console.Replied;
import dev.picket.agent.console.Target;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.repository.KeyFile;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends one command, and tells its replies. */
@Command(
        name = "send",
        description = {
            "Send one command to a gateway, or to all of a site, and tell the replies.",
            "A command that takes long is followed to its end. After a break of the connection the same request is sent",
            "again; gateways run it once."
        },
        footer = {
            "",
            "Unsigned: ping, status, report. All others need --key. What they take:",
            "  resend     '{\"epoch\":\"5b1f09c2a7de\",\"priority\":\"routine\",\"from\":10,\"to\":20}'",
            "  feedback   '{\"id\":\"5b1f09c2a7de-routine-42\",\"label\":\"ham\",\"author\":\"mia\"}'",
            "  install    '{\"set\":\"factory/7\"}'",
            "  configure  '{\"sources\":[…]}'",
            "  diagnose, rollback, pause, resume, restart need nothing.",
            "Exit codes: 0 all answered 2xx, 1 another answer, 64 wrong words, 65 key or parameters cannot be used,",
            "69 no broker, or no answer in time."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class FleetSend implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofDays(7);

    /** Whom it is for. */
    private static final class Whom {
        @Option(names = "--gateway", required = true, paramLabel = "NAME", description = "The gateway.")
        private @Nullable String gateway;

        @Option(names = "--all", required = true, description = "All gateways of the site.")
        private boolean all;
    }

    @Parameters(paramLabel = "VERB", description = "What is asked.")
    private String verb = "";

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Option(names = "--site", required = true, paramLabel = "NAME", description = "The gateway's site.")
    private String site = "";

    @ArgGroup(multiplicity = "1")
    private Whom whom = new Whom();

    @Option(
            names = "--params",
            paramLabel = "JSON|@FILE",
            defaultValue = "{}",
            description = "What the verb takes: one JSON object, or a file with it.")
    private String params = "{}";

    @Mixin
    private SigningOptions signing = new SigningOptions();

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            defaultValue = "60s",
            description = "How long gateways may take it. Default: ${DEFAULT-VALUE}.")
    private Duration expires = Duration.ofSeconds(60);

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "How long to wait for replies. Default: ${DEFAULT-VALUE}.")
    private Duration patience = Duration.ofSeconds(30);

    @Option(
            names = "--job-wait",
            paramLabel = "TIME",
            defaultValue = "30m",
            description = "How long to wait for the end of what takes long. Default: ${DEFAULT-VALUE}.")
    private Duration jobPatience = Duration.ofMinutes(30);

    @Option(names = "--json", description = "One JSON object for each reply.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        Target target = target();
        Order order = new Orders(target, Clock.systemUTC()).of(verb, params(), key(), expires());
        PrintWriter err = spec.commandLine().getErr();
        Exchange.Result result;
        try (ConsoleLink link = new ConsoleLink(broker.settings(false))) {
            link.open();
            result = new Exchange(link, target, order, new Exchange.Patience(patience, jobPatience), new Told()).run();
        } catch (BrokerUnavailableException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, e.getMessage() + ".");
        }
        result.openJobs()
                .forEach((job, gateway) -> err.println("picket: the end of job " + job + " of " + gateway
                        + " was not told in time; look at its report, or wait longer with --job-wait"));
        if (result.replies().isEmpty() && result.openJobs().isEmpty()) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "no answer came within " + seconds(patience)
                            + "; is the gateway there? Look with 'picket fleet watch'");
        }
        if (!result.openJobs().isEmpty()) {
            return ExitCode.UNAVAILABLE;
        }
        return result.replies().stream().allMatch(Replied::isGood) ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private Target target() throws CommandFailure {
        if (!verb.matches("[a-z][a-z-]{0,31}")) {
            throw new CommandFailure(ExitCode.USAGE, "'" + verb + "' is no verb; write one such as ping.");
        }
        try {
            return new Target(site, whom.all ? null : whom.gateway);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, e.getMessage() + ".");
        }
    }

    private Duration expires() throws CommandFailure {
        if (expires.toSeconds() < 1 || expires.compareTo(LONGEST) > 0) {
            throw new CommandFailure(ExitCode.USAGE, "--expires must be from 1s to 7d.");
        }
        return expires;
    }

    private ObjectNode params() throws CommandFailure {
        return ReleaseOptions.run(() -> {
            byte[] bytes = params.startsWith("@")
                    ? Files.readAllBytes(Path.of(params.substring(1)))
                    : params.getBytes(StandardCharsets.UTF_8);
            return StrictJson.parse("--params", bytes).node();
        });
    }

    private @Nullable KeyFile key() throws CommandFailure {
        if (Orders.isUnsigned(verb)) {
            return null;
        }
        return signing.open()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE,
                        "'" + verb + "' must be signed: name a key with --key, or make one with 'picket fleet key'."));
    }

    private static String seconds(Duration time) {
        return time.toMillis() / 1e3 + " s";
    }

    /** Prints what is heard: results on standard output, what happens meanwhile beside it. */
    private final class Told implements Exchange.Listener {
        @Override
        public void replied(Replied reply) {
            PrintWriter out = spec.commandLine().getOut();
            JsonNode body = reply.body();
            if (json) {
                ObjectNode line =
                        StrictJson.object().put("gateway", reply.gateway()).put("status", reply.status());
                if (body.isMissingNode()) {
                    line.put("bytes", Base64.getEncoder().encodeToString(reply.payload()));
                } else {
                    line.set("body", body);
                }
                out.println(line);
                return;
            }
            out.println(Printable.of(reply.gateway()) + ": " + reply.status());
            out.println(
                    body.isMissingNode()
                            ? reply.payload().length + " bytes that are no JSON"
                            : Printable.lines(body.toPrettyString()));
        }

        @Override
        public void progress(String gateway, String job, String sentence) {
            spec.commandLine().getErr().println(Printable.of(gateway + ", job " + job + ": " + sentence));
        }

        @Override
        public void broke(String sentence) {
            spec.commandLine().getErr().println("picket: " + sentence);
        }
    }
}
