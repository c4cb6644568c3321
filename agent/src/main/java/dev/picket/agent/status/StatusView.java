package dev.picket.agent.status;

import dev.picket.agent.config.GatewayConfig;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.journal.Depth;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.judge.VerdictCache;
import dev.picket.agent.read.Pipeline;
import dev.picket.agent.read.ReadMetrics;
import dev.picket.agent.update.ServingSet;
import dev.picket.agent.update.UpdateLoop;
import dev.picket.agent.uplink.AnswerShares;
import dev.picket.agent.uplink.ReadState;
import dev.picket.agent.uplink.Report;
import dev.picket.agent.uplink.ReportParts;
import dev.picket.agent.uplink.Served;
import dev.picket.inference.Priority;
import dev.picket.inference.engine.Schedule;
import dev.picket.ota.update.Ended;
import dev.picket.ota.update.UpdateStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Asks every part how it stands and says it in the forms that page, command line and fleet want. */
public final class StatusView {
    private final PicketConfig config;
    private final String configDigest;
    private final Journal journal;
    private final ServingSet serving;
    private final Pipeline pipeline;
    private final UpdateLoop updates;
    private final Latencies latencies;
    private final Supplier<String> uplink;
    private final Supplier<String> uplinkTrouble;
    private final Supplier<ReportParts> parts;
    private final Supplier<AgentStatus.Commands> commands;

    /**
     * @param uplink {@code connected}, {@code off} or {@code away}
     * @param uplinkTrouble what holds verdicts up though the broker is there; empty when nothing does
     * @param parts what the report says besides
     * @param commands what became of them
     */
    public StatusView(
            PicketConfig config,
            String configDigest,
            Journal journal,
            ServingSet serving,
            Pipeline pipeline,
            UpdateLoop updates,
            Latencies latencies,
            Supplier<String> uplink,
            Supplier<String> uplinkTrouble,
            Supplier<ReportParts> parts,
            Supplier<AgentStatus.Commands> commands) {
        this.config = config;
        this.configDigest = configDigest;
        this.journal = journal;
        this.serving = serving;
        this.pipeline = pipeline;
        this.updates = updates;
        this.latencies = latencies;
        this.uplink = uplink;
        this.uplinkTrouble = uplinkTrouble;
        this.parts = parts;
        this.commands = commands;
    }

    /** One look at everything. */
    public AgentStatus now() {
        GatewayConfig gateway = config.gateway();
        List<String> troubles = troubles();
        Depth depth = depth(troubles);
        ReadMetrics read = pipeline.metrics();
        ReportParts said = parts.get();
        return new AgentStatus(
                Build.version(),
                gateway.site(),
                gateway.name(),
                judging(),
                set(),
                serving.baseDigest().orElse(null),
                List.copyOf(serving.tasks()),
                said.provider(),
                readState(read),
                uplink.get(),
                said.link(),
                updateSentence(),
                TrialView.of(updates.status()),
                said.fetch(),
                said.rollouts(),
                new AgentStatus.Figures(
                        read.readings(),
                        read.verdicts(),
                        latencies.escalated(),
                        depth.total(),
                        sum(depth.ackedThrough().values()),
                        latencies.medianMillis(),
                        read.lag().toMillis()),
                answers(read),
                named(depth.unsent()),
                new TreeMap<>(depth.dropsByReason()),
                certificates(said),
                commands.get(),
                said.drift(),
                Stream.concat(troubles.stream(), said.troubles().stream()).toList());
    }

    private AgentStatus.Answers answers(ReadMetrics read) {
        VerdictCache.Counts cache = serving.cache();
        return new AgentStatus.Answers(
                latencies.main(),
                latencies.firstStage(),
                latencies.cached(),
                cache.entries(),
                cache.bytes(),
                new TreeMap<>(read.notAsked()));
    }

    /** The reported state for the fleet. */
    public Report report() {
        List<String> troubles = troubles();
        Depth depth = depth(troubles);
        ReportParts said = parts.get();
        ReadMetrics read = pipeline.metrics();
        return new Report(
                Build.version(),
                configDigest,
                set(),
                updateSentence(),
                TrialView.of(updates.status()),
                judging(),
                depth.unsent(),
                depth.ackedThrough(),
                depth.dropsByReason(),
                read.lag().toMillis(),
                readState(read),
                new AnswerShares(latencies.main(), latencies.firstStage(), latencies.cached()),
                new ReportParts(
                        said.paused(),
                        said.jobs(),
                        said.link(),
                        said.fetch(),
                        said.certificates(),
                        said.configuration(),
                        said.rollouts(),
                        said.drift(),
                        said.provider(),
                        Stream.concat(troubles.stream(), said.troubles().stream())
                                .toList()));
    }

    private ReadState readState(ReadMetrics read) {
        return new ReadState(
                serving.schedule().map(StatusView::schedule).orElse(null),
                read.lags().stream()
                        .map(each ->
                                new ReadState.Source(each.source(), each.lag().toMillis(), each.rule()))
                        .toList());
    }

    private static ReadState.Schedule schedule(Schedule schedule) {
        return new ReadState.Schedule(
                schedule.runs(),
                schedule.threadsPerRun(),
                schedule.origin().name().toLowerCase(Locale.ROOT),
                schedule.tried().stream()
                        .map(each -> new ReadState.Tried(each.runs(), each.threadsPerRun(), each.textsPerSecond()))
                        .toList());
    }

    private List<String> troubles() {
        List<String> troubles = new ArrayList<>(pipeline.troubles());
        Stream.of(updates.trouble(), uplinkTrouble.get())
                .filter(trouble -> !trouble.isEmpty())
                .forEach(troubles::add);
        return troubles;
    }

    private static List<AgentStatus.Certificate> certificates(ReportParts said) {
        return said.certificates().stream()
                .map(each -> new AgentStatus.Certificate(
                        each.role(), each.subject(), each.notAfter().toString()))
                .toList();
    }

    /** What the birth says. */
    public Served served() {
        return new Served(Build.version(), serving.baseDigest().orElse(null), serving.taskDigests());
    }

    private @Nullable String set() {
        return serving.label().orElse(null);
    }

    /** How it does, for whoever looks after many services. */
    public String sentence() {
        String judging = judging();
        String how = judging.equals("serving")
                ? "Serving " + Objects.requireNonNullElse(set(), "a Set")
                : "Degraded: " + judging.replaceFirst("^degraded\\((.*)\\)$", "$1");
        return how + "; uplink " + uplink.get();
    }

    private String judging() {
        if (parts.get().paused()) {
            return "degraded(paused)";
        }
        if (!serving.trouble().isEmpty()) {
            return "degraded(" + serving.trouble() + ")";
        }
        List<String> waits = pipeline.waits();
        return waits.isEmpty() ? "serving" : "degraded(" + waits.getFirst() + ")";
    }

    /** {@code factory/4: exam}, or how the last one ended. */
    private String updateSentence() {
        UpdateStatus now = updates.status();
        if (now.step().isOver()) {
            return now.last().map(StatusView::sentence).orElse("none yet");
        }
        return now.candidate().or(now::active).orElse("a Set") + ": "
                + now.step().wireName();
    }

    private static String sentence(Ended last) {
        String reason = last.reason().map(each -> "(" + each.wireName() + ")").orElse("");
        String set = last.set().isEmpty() ? "what was offered" : last.set();
        return set + ": " + last.step().wireName() + reason + ": " + last.sentence();
    }

    private Depth depth(List<String> troubles) {
        try {
            return journal.depth();
        } catch (JournalUnavailableException e) {
            troubles.add("The journal cannot be read: " + e.getMessage());
            return Depth.UNKNOWN;
        }
    }

    private static Map<String, Long> named(Map<Priority, Long> byPriority) {
        return byPriority.entrySet().stream()
                .collect(Collectors.toMap(
                        each -> each.getKey().wireName(), Map.Entry::getValue, Long::sum, TreeMap::new));
    }

    private static long sum(Collection<Long> values) {
        return values.stream().mapToLong(Long::longValue).sum();
    }
}
