package dev.picket.agent.cli;

import dev.picket.agent.console.ConsoleLink;
import dev.picket.agent.console.Ledger;
import dev.picket.agent.console.Sighting;
import dev.picket.agent.console.Watch;
import dev.picket.agent.uplink.BrokerUnavailableException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Follows what gateways say. */
@Command(
        name = "watch",
        description = {
            "Follow what gateways say, until Ctrl-C: status, verdicts, escalations, what they dropped, reports.",
            "At the end it says how many events came, how many came twice, and how many are missing that no gateway told",
            "as dropped."
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 with --strict: numbers are missing, 69 no broker, or it was away for too long."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class FleetWatch implements Callable<Integer> {
    private static final long STOP_SECONDS = 5;

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Option(names = "--site", paramLabel = "NAME", description = "One site only.")
    private @Nullable String site;

    @Option(names = "--gateway", paramLabel = "NAME", description = "One gateway only.")
    private @Nullable String gateway;

    @Option(names = "--for", paramLabel = "TIME", description = "End after this time.")
    private @Nullable Duration time;

    @Option(names = "--count", paramLabel = "N", description = "End after so many messages.")
    private @Nullable Long count;

    @Option(
            names = "--reconnect",
            paramLabel = "TIME",
            defaultValue = "10m",
            description = "How long the broker may be away. Default: ${DEFAULT-VALUE}.")
    private Duration reconnect = Duration.ofMinutes(10);

    @Option(
            names = "--present",
            description = "Tell gateways with uplink.wait-for-console that a console is there, so that they send.")
    private boolean present;

    @Option(names = "--strict", description = "Exit code 1 when numbers are missing.")
    private boolean strict;

    @Option(names = "--json", description = "One JSON object a line, the last with the sums.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private volatile int exitCode;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        WatchLines lines =
                json ? new WatchLines.Json(out, Clock.systemUTC()) : new WatchLines.Table(out, Clock.systemUTC());
        CountDownLatch ended = new CountDownLatch(1);
        Ledger ledger;
        try (ConsoleLink link = new ConsoleLink(broker.settings(present))) {
            link.open();
            Shown shown = new Shown(lines, out, err);
            Watch watch = new Watch(link, present, new Watch.Limits(time, count, reconnect), shown);
            shown.watch = watch;
            ledger = watch.ledger();
            Thread onSignal = new Thread(() -> stop(watch, ended), "picket-watch-stop");
            Runtime.getRuntime().addShutdownHook(onSignal);
            try {
                watch.run(site, gateway);
            } finally {
                forget(onSignal);
            }
        } catch (BrokerUnavailableException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, e.getMessage() + ".");
        }
        lines.sums(ledger);
        out.flush();
        int code = strict && ledger.gaps() > 0 ? ExitCode.FINDINGS : ExitCode.OK;
        exitCode = code;
        ended.countDown();
        return code;
    }

    /** On Ctrl-C: lets the sums be printed, and answers with the command's own exit code. */
    private void stop(Watch watch, CountDownLatch ended) {
        watch.stop();
        try {
            if (ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(exitCode);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Thread onSignal) {
        try {
            Runtime.getRuntime().removeShutdownHook(onSignal);
        } catch (IllegalStateException _) {
            // It runs: that is why the watch has ended.
        }
    }

    private static final class Shown implements Watch.Listener {
        private final WatchLines lines;
        private final PrintWriter out;
        private final PrintWriter err;
        private @Nullable Watch watch;

        private Shown(WatchLines lines, PrintWriter out, PrintWriter err) {
            this.lines = lines;
            this.out = out;
            this.err = err;
        }

        @Override
        public void saw(Sighting sighting, boolean again) {
            lines.saw(sighting, again);
            if (out.checkError() && watch != null) {
                // Whoever read has gone.
                watch.stop();
            }
        }

        @Override
        public void broke(String sentence) {
            err.println("picket: " + sentence);
        }
    }
}
