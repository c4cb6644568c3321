package dev.picket.agent.cli;

import dev.picket.agent.console.RolloutBoard;
import dev.picket.agent.console.RolloutLink;
import dev.picket.agent.rollout.Rollout;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.ota.repository.KeyFile;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Follows a rollout to its end. */
final class RolloutFollow {
    @Option(names = "--no-follow", description = "Return once the broker has the order.")
    private boolean noFollow;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "30m",
            description = "How long to follow. Default: ${DEFAULT-VALUE}.")
    private Duration patience = Duration.ofMinutes(30);

    @Option(
            names = "--abort-at",
            paramLabel = "N",
            description = "Abort once N gateways have rejected the Set or rolled it back; while this follows.")
    private @Nullable Integer abortAt;

    @Option(names = "--json", description = "One JSON object at the end.")
    private boolean json;

    /** Says it, follows it unless it waits, and answers with the command's exit code. */
    int run(RolloutLink link, Rollout rollout, KeyFile key, PrintWriter out, PrintWriter err)
            throws BrokerUnavailableException, InterruptedException {
        link.say(rollout, key);
        if (noFollow || rollout.state() == Rollout.State.PAUSED) {
            RolloutView.print(rollout, link.board(), json, out);
            return ExitCode.OK;
        }
        Shown shown = new Shown(rollout, err);
        boolean over = link.follow(rollout, patience, RolloutOptions.QUIET, shown);
        Rollout last = link.order().orElse(rollout);
        if (shown.tooMany) {
            err.println("picket: " + link.board().failed(rollout) + " gateways found the Set no good; it is aborted");
            last = (link.doubt().isEmpty() ? last : rollout).next(Rollout.State.ABORTED, rollout.percent());
            link.say(last, key);
            over = link.follow(last, patience, RolloutOptions.QUIET, new Shown(last, err, null));
        }
        RolloutView.print(last, link.board(), json, out);
        if (!over) {
            err.println("picket: not every gateway has ended in time; look again with 'picket fleet rollout status'");
            return ExitCode.UNAVAILABLE;
        }
        boolean good = last.state() == Rollout.State.ABORTED
                ? rollout.state() == Rollout.State.ABORTED
                : link.board().entries(last).stream().allMatch(each -> each.isProved() || each.revision() == 0);
        return good ? ExitCode.OK : ExitCode.FINDINGS;
    }

    /** Prints one line whenever the counts change. */
    private final class Shown implements RolloutLink.Listener {
        private final Rollout rollout;
        private final PrintWriter err;
        private final @Nullable Integer most;
        private String said = "";
        private boolean tooMany;

        Shown(Rollout rollout, PrintWriter err) {
            this(rollout, err, abortAt);
        }

        Shown(Rollout rollout, PrintWriter err, @Nullable Integer most) {
            this.rollout = rollout;
            this.err = err;
            this.most = most;
        }

        @Override
        public void changed(RolloutBoard board) {
            String now = RolloutView.line(rollout, board);
            if (!now.equals(said)) {
                said = now;
                err.println(now);
            }
            tooMany = most != null && board.failed(rollout) >= most;
        }

        @Override
        public void broke(String sentence) {
            err.println("picket: " + sentence);
        }

        @Override
        public boolean goesOn() {
            return !tooMany;
        }
    }
}
