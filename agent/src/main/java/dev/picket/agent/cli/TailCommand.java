package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.rows.RowCursor;
import dev.picket.agent.rows.RowFilter;
import dev.picket.agent.rows.RowPage;
import dev.picket.agent.rows.Rows;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The newest verdicts of the running agent. */
@Command(
        name = "tail",
        description = {
            "The newest verdicts of the agent that runs here, oldest first; with -f those that come, until Ctrl-C.",
            "Texts are shown while the journal keeps them. Of one source or decision, those among the newest 5000."
        },
        footer = {"", "Exit codes: 0 done, 69 no agent answers."},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class TailCommand implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int PAGE = 500;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private RowOptions wanted = new RowOptions();

    @Option(names = "-n", paramLabel = "N", defaultValue = "20", description = "How many. Default: ${DEFAULT-VALUE}.")
    private int count = 20;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what comes.")
    private boolean follow;

    @Option(names = "--for", paramLabel = "TIME", description = "With -f: end after this time.")
    private @Nullable Duration time;

    @Option(names = "--json", description = "One JSON object for each verdict.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailure, InterruptedException {
        Rows<CommandFailure> rows = new AgentRows(LocalAgent.of(config.load()));
        RowFilter filter = wanted.filter(null, null, null, Clock.systemUTC());
        RowPage page = rows.latest(count, filter);
        page.rows().forEach(this::print);
        long began = System.nanoTime();
        while (follow && !gone() && (time == null || System.nanoTime() - began < time.toNanos())) {
            RowCursor end = rows.latest(0, filter).after();
            page = rows.page(page.after(), end, PAGE, filter);
            List<ObjectNode> inTime = new ArrayList<>(page.rows());
            inTime.sort(Comparator.comparing(row -> row.path("writtenAt").asText()));
            inTime.forEach(this::print);
            if (!page.more()) {
                Thread.sleep(LOOK);
            }
        }
        return ExitCode.OK;
    }

    private boolean gone() {
        return spec.commandLine().getOut().checkError();
    }

    private void print(ObjectNode row) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(row);
            return;
        }
        String decision = row.path("decision").asText();
        String style = decision.equals("ACCEPT") ? "reset" : decision.equals("ESCALATE") ? "yellow" : "red";
        String word = decision.replaceAll("\\(.*", "");
        String label = row.path("label").isNull()
                ? decision
                : String.format(
                        Locale.ROOT,
                        "%s %.2f",
                        row.path("label").asText(),
                        row.path("confidence").asDouble());
        String text = row.path("text").isNull() ? "" : "  " + row.path("text").asText();
        out.println(row.path("at").asText() + " " + Ansi.AUTO.string("@|" + style + " %-8s|@".formatted(word)) + " "
                + Printable.of("%s/%s  %s: %s%s"
                        .formatted(
                                row.path("source").asText(),
                                row.path("reading").asText(),
                                row.path("task").asText(),
                                label,
                                text)));
    }
}
