package dev.picket.agent.http;

import dev.picket.agent.status.AgentStatus;
import dev.picket.agent.status.StatusView;
import dev.picket.agent.uplink.ProviderState;
import dev.picket.agent.uplink.ReadState;
import dev.picket.agent.uplink.ReportParts;
import dev.picket.inference.Priority;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;

/** The agent's own figures under {@code /prometheus}, all from one look at it a second at most. */
@Singleton
final class AgentMetrics implements MeterBinder {
    private static final long FRESH_NANOS = 1_000_000_000L;

    private record Look(AgentStatus status, long atNanos) {}

    private final StatusView view;
    private final AtomicReference<Look> latest;
    private final AtomicReference<MeterRegistry> bound;

    AgentMetrics(StatusView view) {
        this.view = view;
        this.latest = new AtomicReference<>();
        this.bound = new AtomicReference<>();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bound.set(registry);
        counter(
                registry,
                "picket.readings",
                "readings that have their outcomes on disk",
                s -> s.figures().readings());
        counter(
                registry,
                "picket.escalated",
                "verdicts that a person should see",
                s -> s.figures().escalated());
        counter(
                registry,
                "picket.acknowledged",
                "rows that the broker has acknowledged",
                s -> s.figures().acknowledged());
        gauge(
                registry,
                "picket.serving",
                "1 while texts are judged",
                s -> s.judging().equals("serving") ? 1 : 0);
        gauge(
                registry,
                "picket.connected",
                "1 while the broker is connected",
                s -> s.uplink().equals("connected") ? 1 : 0);
        gauge(
                registry,
                "picket.held.back",
                "1 while rows wait though the broker is connected",
                s -> s.link().heldBack().isEmpty() ? 0 : 1);
        gauge(
                registry,
                "picket.link.bytes.today",
                "bytes published since midnight UTC",
                s -> s.link().bytesToday());
        bindSchedule(registry);
        bindFetch(registry);
        bindAnswers(registry);
        bindRollouts(registry);
        gauge(
                registry,
                "picket.classify.p50.seconds",
                "median time to classify the latest texts",
                s -> s.figures().p50Millis() / 1e3);
        gauge(
                registry,
                "picket.lag.seconds",
                "age of the oldest reading that is not on disk yet",
                s -> s.figures().lagMillis() / 1e3);
        gauge(
                registry,
                "picket.troubles",
                "what keeps a part from its work",
                s -> s.troubles().size());
        gauge(
                registry,
                "picket.certificate.remaining.seconds",
                "until the first certificate of the uplink ends; not a number while none is used",
                AgentMetrics::certificateSeconds);
        for (Priority priority : Priority.values()) {
            Gauge.builder("picket.unsent", this, me -> unsent(me.look(), priority))
                    .description("rows waiting for the broker")
                    .tag("priority", priority.wireName())
                    .register(registry);
        }
    }

    private void bindSchedule(MeterRegistry registry) {
        gauge(
                registry,
                "picket.schedule.runs",
                "texts that are classified side by side at most; not a number while no Set serves",
                s -> s.read().schedule() == null
                        ? Double.NaN
                        : s.read().schedule().runs());
        gauge(
                registry,
                "picket.schedule.threads",
                "threads inside one run; not a number while no Set serves",
                s -> s.read().schedule() == null
                        ? Double.NaN
                        : s.read().schedule().threadsPerRun());
    }

    private void bindFetch(MeterRegistry registry) {
        counter(
                registry,
                "picket.fetch.over.the.air.bytes",
                "bytes of updates that came from web servers, metadata included",
                s -> s.fetch().overTheAir());
        counter(
                registry,
                "picket.fetch.thrown.away",
                "downloads whose bytes did not verify",
                s -> s.fetch().thrownAway());
        gauge(
                registry,
                "picket.fetch.missing.bytes",
                "of the Set that is fetched, what is not here yet",
                s -> s.fetch().total() - s.fetch().bytes());
        gauge(
                registry,
                "picket.fetch.bytes.per.second",
                "how fast a Set's files came lately; 0 while none come",
                s -> s.fetch().bytesPerSecond());
        gauge(
                registry,
                "picket.fetch.waits",
                "1 while a Set's files wait for a window, a budget or a server",
                s -> s.fetch().waits().isEmpty() ? 0 : 1);
    }

    private void bindAnswers(MeterRegistry registry) {
        String what = "texts that were answered";
        counter(
                registry,
                "picket.answers",
                what,
                Tags.of("by", "base"),
                s -> s.answers().main());
        counter(
                registry,
                "picket.answers",
                what,
                Tags.of("by", "first-stage"),
                s -> s.answers().firstStage());
        counter(
                registry,
                "picket.answers",
                what,
                Tags.of("by", "cache"),
                s -> s.answers().cached());
        gauge(
                registry,
                "picket.cache.hit.ratio",
                "share of this start's answers that came from the cache",
                s -> s.answers().hitRate());
        gauge(
                registry,
                "picket.cache.entries",
                "answers that are remembered",
                s -> s.answers().cacheEntries());
        gauge(
                registry,
                "picket.cache.bytes",
                "what they take, about",
                s -> s.answers().cacheBytes());
        counter(
                registry,
                "picket.not.asked",
                "conditional tasks that readings were not asked, since the answer before says so",
                s -> s.answers().notAsked().values().stream()
                        .mapToLong(each -> each)
                        .sum());
    }

    /** Every state has a meter of its own, so that one which nothing is in any more goes back to 0. */
    private void bindRollouts(MeterRegistry registry) {
        for (String state : ReportParts.Rollout.STATES) {
            Gauge.builder(
                            "picket.rollouts",
                            this,
                            me -> me.look().rollouts().list().stream()
                                    .filter(each -> each.state().equals(state))
                                    .count())
                    .description("rollouts that concern this gateway")
                    .tag("state", state)
                    .register(registry);
        }
    }

    private static double certificateSeconds(AgentStatus status) {
        return status.certificates().stream()
                .mapToDouble(each -> Duration.between(Instant.now(), Instant.parse(each.notAfter()))
                        .toSeconds())
                .min()
                .orElse(Double.NaN);
    }

    private static double unsent(AgentStatus status, Priority priority) {
        return status.unsentByPriority().getOrDefault(priority.wireName(), 0L);
    }

    private void counter(MeterRegistry registry, String name, String what, ToDoubleFunction<AgentStatus> value) {
        counter(registry, name, what, Tags.empty(), value);
    }

    private void counter(
            MeterRegistry registry, String name, String what, Tags tags, ToDoubleFunction<AgentStatus> value) {
        FunctionCounter.builder(name, this, me -> value.applyAsDouble(me.look()))
                .description(what)
                .tags(tags)
                .register(registry);
    }

    private void gauge(MeterRegistry registry, String name, String what, ToDoubleFunction<AgentStatus> value) {
        Gauge.builder(name, this, me -> value.applyAsDouble(me.look()))
                .description(what)
                .register(registry);
    }

    /** Verbs, statuses and reasons that were not seen before get meters of their own; there are not many. */
    private void countCommands(MeterRegistry registry, AgentStatus.Commands seen) {
        for (String each : seen.answered().keySet()) {
            String[] verbAndStatus = each.split(" ", 2);
            counter(
                    registry,
                    "picket.commands",
                    "replies to commands",
                    Tags.of("verb", verbAndStatus[0], "status", verbAndStatus[1]),
                    s -> s.commands().answered().getOrDefault(each, 0L));
        }
        for (String each : seen.refused().keySet()) {
            counter(
                    registry,
                    "picket.commands.refused",
                    "commands that were not run",
                    Tags.of("reason", each),
                    s -> s.commands().refused().getOrDefault(each, 0L));
        }
    }

    /** One that has answered since the start keeps its meter, and says 0 once another does. */
    private void tellProvider(MeterRegistry registry, ProviderState seen) {
        String name = seen.name();
        String kind = seen.kind();
        if (name != null && kind != null) {
            Gauge.builder(
                            "picket.provider.info",
                            this,
                            me -> name.equals(me.look().provider().name()) ? 1 : 0)
                    .description("1 for the execution provider that answers")
                    .tags("provider", name, "kind", kind)
                    .register(registry);
        }
        for (String reason : seen.fallbacks().keySet()) {
            counter(
                    registry,
                    "picket.provider.fallbacks",
                    "execution providers that were not taken when a base was loaded",
                    Tags.of("reason", reason),
                    s -> s.provider().fallbacks().getOrDefault(reason, 0L));
        }
    }

    private void measureSources(MeterRegistry registry, List<ReadState.Source> sources) {
        for (ReadState.Source each : sources) {
            Gauge.builder("picket.source.lag.seconds", this, me -> me.lagMillis(each.name()) / 1e3)
                    .description("age of the source's oldest reading that is not on disk yet, as far as it can know")
                    .tag("source", each.name())
                    .register(registry);
        }
    }

    private double lagMillis(String source) {
        return look().read().sources().stream()
                .filter(each -> each.name().equals(source))
                .mapToDouble(ReadState.Source::lagMillis)
                .findFirst()
                .orElse(0);
    }

    private AgentStatus look() {
        Look before = latest.get();
        if (before != null && System.nanoTime() - before.atNanos < FRESH_NANOS) {
            return before.status;
        }
        Look now = new Look(view.now(), System.nanoTime());
        latest.set(now);
        MeterRegistry registry = bound.get();
        if (registry != null) {
            countCommands(registry, now.status.commands());
            DriftMetrics.bind(registry, now.status.drift(), () -> look().drift());
            tellProvider(registry, now.status.provider());
            measureSources(registry, now.status.read().sources());
        }
        return now.status;
    }
}
