package dev.picket.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.drift.TaskDrift;
import dev.picket.agent.status.AgentStatus;
import dev.picket.agent.uplink.ProviderState;
import dev.picket.agent.uplink.ReadState;
import dev.picket.agent.uplink.ReportParts;
import dev.picket.agent.uplink.TrialReport;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what the running agent does now. */
@Command(
        name = "status",
        description = "Says what the running agent does now.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = "Exit codes: 0 serving, 1 the agent runs and something keeps it from its work, 69 no agent answers.")
public final class StatusCommand implements Callable<Integer> {
    private static final long TOLD_LAG_MILLIS = 1_000;
    private static final ObjectMapper JSON = new ObjectMapper().registerModule(new JavaTimeModule());

    private static final double MEGABYTE = 1e6;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "One JSON object instead of text.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailure, JsonProcessingException {
        String body = LocalAgent.of(config.load()).get("/api/status");
        AgentStatus status = JSON.readValue(body, AgentStatus.class);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(body);
        } else {
            print(status, out);
        }
        return status.troubles().isEmpty() && status.judging().equals("serving") ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private static String carried(ReportParts.Link link) {
        String budget = link.bytesPerDay() == null ? "" : " of " + link.bytesPerDay();
        String heldBack = link.heldBack().isEmpty() ? "" : "; " + link.heldBack();
        return link.bytesToday() + budget + " bytes sent today" + heldBack;
    }

    /** Bytes of how many, how fast and from where, or why they wait. */
    private static String fetched(ReportParts.Fetch fetch) {
        String share = String.format(
                Locale.ROOT, "%s: %.1f of %.1f MB", fetch.set(), fetch.bytes() / MEGABYTE, fetch.total() / MEGABYTE);
        return fetch.waits().isEmpty()
                ? share
                        + String.format(
                                Locale.ROOT, ", %.2f MB/s from %s", fetch.bytesPerSecond() / MEGABYTE, fetch.place())
                : share + "; " + fetch.waits();
    }

    /** {@code spring revision 2, factory/5: rejected(exam-failed), and why}. */
    static String rollout(ReportParts.Rollout rollout) {
        String reason = rollout.reason().isEmpty() ? "" : "(" + rollout.reason() + ")";
        String sentence = rollout.sentence().isEmpty() ? "" : ", " + rollout.sentence();
        return "%s revision %d, %s: %s%s%s"
                .formatted(rollout.id(), rollout.revision(), rollout.set(), rollout.state(), reason, sentence);
    }

    /** Who answers, and why not who was asked. */
    static String provider(ProviderState provider) {
        StringBuilder said = new StringBuilder();
        said.append(provider.name() == null ? "none yet" : provider.name() + " (" + provider.kind() + ")");
        said.append(", asked for was '").append(provider.asked()).append('\'');
        provider.refused()
                .forEach(each -> said.append("; not ")
                        .append(each.provider())
                        .append(" (")
                        .append(each.reason())
                        .append("): ")
                        .append(each.sentence()));
        return said.toString();
    }

    /** Each part with what it found; a Set that is installed and not proved says so. */
    private static void trial(TrialReport trial, PrintWriter out) {
        for (TrialReport.Part part : trial.findings()) {
            out.printf("%-10s %s: %s%n", part.part(), part.result(), part.sentence());
        }
        if (trial.installed() != null && !trial.proved()) {
            Long left = trial.watchLeftMillis();
            out.printf(
                    "proved     not yet: %s is on probation%s%n",
                    trial.installed(),
                    left == null ? "" : ", " + Duration.ofMillis(left).toSeconds() + " s are left");
        }
        if (!trial.previous().isEmpty()) {
            out.printf("kept       %s%n", trial.previous());
        }
    }

    /** {@code 120 by the base, 30 by the first stage, 850 cached (85 %), not asked: {fraud=40}}. */
    static String answers(AgentStatus.Answers answers) {
        String cached = String.format(
                Locale.ROOT,
                "%d by the base, %d by the first stage, %d cached (%.0f %%)",
                answers.main(),
                answers.firstStage(),
                answers.cached(),
                answers.hitRate() * 100);
        return answers.notAsked().isEmpty() ? cached : cached + ", not asked: " + answers.notAsked();
    }

    /** {@code fraud: watching, 640 texts compared; labels 0.04, …; from the desk labels 0.11, …}. */
    private static String drift(TaskDrift drift) {
        String stands = drift.phase().equals("watching")
                ? "watching, " + drift.windowTexts() + " texts compared"
                : String.format(Locale.ROOT, "%s, baseline %.0f %%", drift.phase(), 100 * drift.progress());
        return drift.task() + ": " + stands + effects("; ", drift.shifts()) + effects("; from the desk ", drift.gap());
    }

    private static String effects(String before, List<TaskDrift.Effect> effects) {
        return effects.isEmpty()
                ? ""
                : effects.stream()
                        .map(each -> String.format(Locale.ROOT, "%s %.2f", each.of(), each.effect()))
                        .collect(Collectors.joining(", ", before, ""));
    }

    /** How texts share the machine, and the sources that are behind. */
    private static void judge(ReadState read, PrintWriter out) {
        ReadState.Schedule schedule = read.schedule();
        if (schedule != null) {
            String tried = schedule.tried().stream()
                    .map(each -> String.format(
                            Locale.ROOT, " %dx%d %.1f/s", each.runs(), each.threadsPerRun(), each.textsPerSecond()))
                    .collect(Collectors.joining(",", schedule.tried().isEmpty() ? "" : ":", ""));
            out.printf(
                    "schedule   %d side by side, threads each: %d (%s%s)%n",
                    schedule.runs(), schedule.threadsPerRun(), schedule.origin(), tried);
        }
        for (ReadState.Source source : read.sources()) {
            if (source.lagMillis() >= TOLD_LAG_MILLIS || !source.behind().isEmpty()) {
                out.printf(
                        "behind     %s: %d s%s%n",
                        source.name(),
                        source.lagMillis() / 1_000,
                        source.behind().isEmpty() ? "" : ", " + source.behind());
            }
        }
    }

    private static void print(AgentStatus status, PrintWriter out) {
        AgentStatus.Figures figures = status.figures();
        out.printf("gateway    %s/%s, agent %s%n", status.site(), status.gateway(), status.agent());
        out.printf("judging    %s%n", status.judging());
        out.printf("set        %s %s%n", status.set() == null ? "none" : status.set(), status.tasks());
        out.printf("provider   %s%n", provider(status.provider()));
        judge(status.read(), out);
        out.printf("update     %s%n", status.update());
        trial(status.trial(), out);
        if (!status.fetch().set().isEmpty()) {
            out.printf("fetching   %s%n", fetched(status.fetch()));
        }
        status.rollouts().list().forEach(each -> out.printf("rollout    %s%n", rollout(each)));
        out.printf("uplink     %s, %s%n", status.uplink(), carried(status.link()));
        out.printf(
                "verdicts   %d read, %d escalated, %.1f ms median, lag %d ms%n",
                figures.readings(), figures.escalated(), figures.p50Millis(), figures.lagMillis());
        out.printf("answers    %s%n", answers(status.answers()));
        out.printf(
                "journal    %d waiting %s, %d acknowledged%n",
                figures.unsent(), status.unsentByPriority(), figures.acknowledged());
        out.printf("drops      %s%n", status.dropsByReason().isEmpty() ? "none" : status.dropsByReason());
        status.drift().forEach(each -> out.printf("drift      %s%n", drift(each)));
        status.certificates()
                .forEach(each -> out.printf("%-10s %s until %s%n", each.role(), each.subject(), each.notAfter()));
        status.troubles().forEach(trouble -> out.printf("trouble    %s%n", trouble));
    }
}
