package dev.picket.agent;

import dev.picket.agent.commands.Pauses;
import dev.picket.agent.config.InferenceConfig;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.config.SourceConfig;
import dev.picket.agent.drift.DriftWatch;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.pulse.Pulse;
import dev.picket.agent.read.Inboxes;
import dev.picket.agent.read.LiveVerdicts;
import dev.picket.agent.read.Pipeline;
import dev.picket.agent.read.PipelineLimits;
import dev.picket.agent.read.Route;
import dev.picket.agent.read.Sources;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import dev.picket.agent.status.Latencies;
import dev.picket.agent.update.ServingSet;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Reading: the sources of the configuration, what judges their texts, and the way into the journal. */
final class ReadFlow implements AutoCloseable {
    private final PicketConfig config;
    private final Latencies latencies;
    private final LiveVerdicts live = new LiveVerdicts();
    private final Inboxes inboxes;
    private final Pauses pauses;
    private final Pipeline pipeline;

    /** Opens the sources; nothing is read before {@link #start}. */
    ReadFlow(PicketConfig config, Journal journal, State state, ServingSet serving, DriftWatch drift, Clock clock)
            throws JournalUnavailableException, StateUnavailableException {
        this.config = config;
        this.latencies = new Latencies(serving);
        List<Route> routes = routes(config, journal, clock);
        this.inboxes = Inboxes.among(routes, journal.inbox());
        this.pauses = Pauses.open(
                state, config.sources().stream().map(SourceConfig::name).toList());
        this.pipeline = new Pipeline(
                routes,
                latencies,
                journal,
                live,
                PipelineLimits.of(judging(config.inference()), config.journal()),
                pauses::hold,
                drift::saw,
                clock);
    }

    /** How many texts are judged at once at most; where the schedule has fewer runs, the others wait for one. */
    private static int judging(InferenceConfig inference) {
        return inference.runs() > 0
                ? inference.runs()
                : Math.max(1, Runtime.getRuntime().availableProcessors());
    }

    void start(Pulse pulse) {
        pipeline.start(pulse, Silences.judging(config.inference()), Silences.DISK);
    }

    Latencies latencies() {
        return latencies;
    }

    LiveVerdicts live() {
        return live;
    }

    Inboxes inboxes() {
        return inboxes;
    }

    Pauses pauses() {
        return pauses;
    }

    Pipeline pipeline() {
        return pipeline;
    }

    /** The tasks that some source is routed to; others of a Set need not be loaded. */
    Set<String> tasks() {
        return config.sources().stream()
                .flatMap(source -> source.taskNames().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void close() {
        pipeline.close();
    }

    private static List<Route> routes(PicketConfig config, Journal journal, Clock clock)
            throws JournalUnavailableException {
        String run = Long.toString(clock.millis(), Character.MAX_RADIX);
        List<Route> routes = new ArrayList<>();
        for (SourceConfig source : config.sources()) {
            routes.add(Route.of(Sources.open(source, journal, run, System.in, clock), source));
        }
        return routes;
    }
}
