package dev.picket.agent;

import dev.picket.agent.commands.CommandHandler;
import dev.picket.agent.commands.CommandKeys;
import dev.picket.agent.commands.Configure;
import dev.picket.agent.commands.Diagnose;
import dev.picket.agent.commands.FeedbackCommand;
import dev.picket.agent.commands.Install;
import dev.picket.agent.commands.Pause;
import dev.picket.agent.commands.Restart;
import dev.picket.agent.commands.Rollback;
import dev.picket.agent.config.InferenceConfig;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.drift.DriftWatch;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.overlay.Stored;
import dev.picket.agent.read.Inboxes;
import dev.picket.agent.read.LiveVerdicts;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.state.Limits;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import dev.picket.agent.status.AgentStatus;
import dev.picket.agent.status.Build;
import dev.picket.agent.status.LastCheck;
import dev.picket.agent.status.StatusView;
import dev.picket.agent.support.Bundles;
import dev.picket.agent.support.RecentLog;
import dev.picket.agent.support.SupportBundle;
import dev.picket.agent.update.ServingSet;
import dev.picket.agent.update.UpdateLoop;
import dev.picket.agent.update.Updates;
import dev.picket.agent.uplink.CurrentConnection;
import dev.picket.agent.uplink.ProviderState;
import dev.picket.agent.uplink.ReportParts;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.NativeLibrary;
import dev.picket.inference.engine.Providers;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.update.UpdateStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The four flows, built in the order in which they need each other, started in one place and stopped in reverse: sources
 * first, so that what is in flight reaches the journal; the uplink next; the models and the files last.
 */
public final class Agent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final long STATE_BYTES = 64L << 20;
    private static final long PREFIX_CACHE_BYTES = 64L << 20;
    private static final int MAX_ADAPTER_RANK = 256;
    /** Topic, correlation data and properties of a reply. */
    private static final long REPLY_OVERHEAD_BYTES = 2_048;

    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    private final PicketConfig config;
    private final Clock clock;
    private final Host host;
    private final Journal journal;
    private final State state;
    private final ServingSet serving;
    private final Providers providers;
    private final ReadFlow reading;
    private final CurrentConnection connection = new CurrentConnection();
    private final Consumer<UpdateStatus> onUpdate;
    private final CommandKeys keys;
    private final UpdateLoop updates;
    private final DriftWatch drift;
    private final LastCheck lastCheck;
    private final StatusView status;
    private final SupportBundle bundle;
    private final @Nullable SendFlow sending;
    private final Threads updating = new Threads();
    private final Upkeep upkeep;
    /** What served when the birth was last said, as far as the updates' thread knows. */
    private Map<String, String> said = Map.of();

    /**
     * Opens files and loads nothing yet; starts nothing.
     *
     * @param configDigest SHA-256 of the configuration in force
     * @param onUpdate told after each step of an update
     * @param host what is around this agent
     */
    public static Agent open(
            PicketConfig config, String configDigest, Clock clock, Consumer<UpdateStatus> onUpdate, Host host)
            throws JournalUnavailableException, StateUnavailableException, NewerSchemaException, UnavailableException,
                    IOException {
        Path data = config.data().directory();
        Agent agent = null;
        boolean first = !Files.exists(data.resolve("journal.db"));
        boolean forgotten = !first && !stateThere(data);
        Journal journal = null;
        State state = null;
        try {
            // The state first where both are new: a first start that gets no further, as on a full disk, has forgotten
            // nothing.
            state = first ? state(config, clock, false) : null;
            journal = Journal.open(data.resolve("journal.db"), config.journal(), clock);
            state = state == null ? state(config, clock, forgotten) : state;
            if (forgotten) {
                LOG.error(
                        "The state file was removed; signed commands from before now are refused, since they may have been run");
            }
            agent = new Agent(config, configDigest, clock, onUpdate, host, journal, state);
            return agent;
        } finally {
            if (agent == null) {
                // Closed, so that the next start does not take this one for a crash.
                if (state != null) {
                    state.close();
                }
                if (journal != null) {
                    journal.close();
                }
            }
        }
    }

    private static State state(PicketConfig config, Clock clock, boolean forgotten)
            throws StateUnavailableException, NewerSchemaException {
        Path file = config.data().directory().resolve("state.db");
        Limits limits = Limits.of(config.uplink().commandsKept());
        return State.open(file, STATE_BYTES, limits, clock, forgotten);
    }

    /** Or set aside, and not yet salvaged. */
    private static boolean stateThere(Path data) {
        return Files.exists(data.resolve("state.db")) || Files.exists(data.resolve("state.db.salvaging"));
    }

    private Agent(
            PicketConfig config,
            String configDigest,
            Clock clock,
            Consumer<UpdateStatus> onUpdate,
            Host host,
            Journal journal,
            State state)
            throws JournalUnavailableException, StateUnavailableException, UnavailableException, IOException {
        this.config = config;
        this.clock = clock;
        this.onUpdate = onUpdate;
        this.host = host;
        journal.onFault(host.restart());
        state.onFault(host.restart());
        this.journal = journal;
        this.state = state;
        this.serving = new ServingSet(config.inference().cache());
        if (config.inference().nativeLibrary() != null) {
            NativeLibrary.from(config.inference().nativeLibrary());
        }
        this.providers = new Providers(config.inference().providers());
        this.drift = DriftWatch.open(config.drift(), config.data().directory(), serving, this::settled, clock);
        this.reading = new ReadFlow(config, journal, state, serving, drift, clock);
        this.upkeep = new Upkeep(config, journal, drift);
        Path installed = config.data().directory().resolve("updates");
        this.keys = CommandKeys.open(installed, Updates.off(config.updates()));
        this.updates = Updates.open(
                config.updates(),
                installed,
                reading.tasks(),
                serving,
                engine(config.inference(), providers),
                Build.version(),
                Build.instant(),
                clock,
                this::updated,
                keys);
        this.lastCheck = new LastCheck(clock);
        this.status = new StatusView(
                config,
                configDigest,
                journal,
                serving,
                reading.pipeline(),
                updates,
                reading.latencies(),
                this::uplink,
                this::uplinkTrouble,
                this::parts,
                this::commandCounts);
        RecentLog log = RecentLog.installed();
        log.keep(config.diagnose().logLines());
        this.bundle = Bundles.running(config, host.overlays(), status, updates::status, journal, log);
        this.sending = config.uplink().broker() == null
                ? null
                : new SendFlow(
                        config,
                        journal,
                        state,
                        connection,
                        status::report,
                        status::served,
                        handlers(),
                        keys,
                        updates,
                        clock);
    }

    private static EngineOptions engine(InferenceConfig inference, Providers providers) {
        return new EngineOptions(
                inference.runs(),
                inference.threadsPerRun(),
                PREFIX_CACHE_BYTES,
                MAX_ADAPTER_RANK,
                providers,
                inference.deadline());
    }

    /** What a reply may have: above the broker's maximum packet it would not arrive. */
    private long replyBytes() {
        CurrentConnection.Up up = connection.get();
        long most = config.diagnose().maxBytes();
        return up == null ? most : Math.min(most, up.connection().maximumPacketBytes() - REPLY_OVERHEAD_BYTES);
    }

    /** The verbs that speak to a part of this agent. */
    private List<CommandHandler> handlers() {
        List<CommandHandler> handlers = new ArrayList<>(Pause.verbs(reading.pauses(), clock));
        handlers.add(new FeedbackCommand(journal, state.feedback(), clock));
        handlers.add(new Configure(host.overlays(), host.restart()));
        handlers.add(new Restart(host.overlays()::fault, host.restart()));
        handlers.add(new Install(updates));
        handlers.add(new Rollback(updates));
        handlers.add(new Diagnose(bundle::collect, this::replyBytes));
        return handlers;
    }

    public void start() {
        updating.start("updates", host.pulse().watched("updates", Silences.UPDATES, updates));
        if (sending != null) {
            sending.start(host.pulse(), Silences.uplink(config.uplink()));
        }
        reading.start(host.pulse());
        upkeep.start(host.pulse());
    }

    /** What is around it. */
    public Host host() {
        return host;
    }

    /** Whether the broker is there now. */
    boolean connected() {
        return connection.isUp();
    }

    public StatusView status() {
        return status;
    }

    /** Where what {@code picket check} found is told. */
    public LastCheck lastCheck() {
        return lastCheck;
    }

    public SupportBundle bundle() {
        return bundle;
    }

    public Journal journal() {
        return journal;
    }

    public LiveVerdicts live() {
        return reading.live();
    }

    public Inboxes inboxes() {
        return reading.inboxes();
    }

    /** The watch over what tasks see. */
    public DriftWatch drift() {
        return drift;
    }

    /** What answers texts; who asks by hand goes before all readings. */
    public ServingSet serving() {
        return serving;
    }

    public UpdateLoop updates() {
        return updates;
    }

    @Override
    public void close() {
        reading.close();
        upkeep.stop();
        updating.interrupt();
        updating.join(STOP_WITHIN);
        upkeep.close();
        if (sending != null) {
            sending.close();
        }
        serving.close();
        state.close();
        journal.close();
    }

    /** Called on the updates' thread alone. */
    private void updated(UpdateStatus now) {
        Silences.step(now.step());
        onUpdate.accept(now);
        Map<String, String> serves = serving.taskDigests();
        if (sending != null && !serves.equals(said)) {
            sending.sayBirth();
        }
        said = serves;
    }

    /** Whether what serves is past its probation. */
    private boolean settled() {
        return switch (updates.status().step()) {
            case SWITCHED, PROBATION -> false;
            case IDLE, FETCHING, VERIFIED, STAGED, EXAM, SHADOW, COMMITTED, REJECTED, ROLLED_BACK -> true;
        };
    }

    private String uplink() {
        if (sending == null) {
            return "off";
        }
        return connection.isUp() ? "connected" : "away";
    }

    private String uplinkTrouble() {
        return sending == null ? "" : sending.trouble();
    }

    private AgentStatus.Commands commandCounts() {
        try {
            return sending == null
                    ? AgentStatus.Commands.NONE
                    : new AgentStatus.Commands(
                            sending.counts().answered(),
                            sending.counts().refused(),
                            state.feedback().count());
        } catch (StateUnavailableException e) {
            return AgentStatus.Commands.NONE;
        }
    }

    /** What the report says beside the read flow. */
    private ReportParts parts() {
        Stored stored = host.overlays().stored();
        ReportParts none = ReportParts.NONE;
        ProviderState provider = ProviderState.of(providers, serving.provider());
        return new ReportParts(
                reading.pauses().any(),
                sending == null ? none.jobs() : sending.jobs(),
                sending == null ? none.link() : sending.link(),
                updates.fetching(),
                sending == null ? none.certificates() : sending.certificates(),
                new ReportParts.Configuration(
                        stored.phase().wireName(), stored.detail().isEmpty() ? null : stored.detail()),
                sending == null ? none.rollouts() : sending.rollouts(),
                drift.now(),
                provider,
                Stream.of(
                                lastCheck.troubles(),
                                journal.troubles(),
                                state.troubles(),
                                drift.troubles(),
                                List.of(keys.trouble(), provider.trouble(), Build.clockTrouble(clock.instant())),
                                sending == null ? List.<String>of() : sending.certificateTroubles())
                        .flatMap(List::stream)
                        .filter(trouble -> !trouble.isEmpty())
                        .toList());
    }
}
