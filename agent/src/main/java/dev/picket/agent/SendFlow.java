package dev.picket.agent;

import dev.picket.agent.commands.CommandCounts;
import dev.picket.agent.commands.CommandFlow;
import dev.picket.agent.commands.CommandHandler;
import dev.picket.agent.commands.CommandKeys;
import dev.picket.agent.commands.Ping;
import dev.picket.agent.commands.ReportCommand;
import dev.picket.agent.commands.Resend;
import dev.picket.agent.commands.StatusCommand;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.config.SourceConfig;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.pulse.Pulse;
import dev.picket.agent.rollout.Rollouts;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import dev.picket.agent.tls.BrokerCredentials;
import dev.picket.agent.tls.CredentialException;
import dev.picket.agent.update.UpdateLoop;
import dev.picket.agent.uplink.Backoff;
import dev.picket.agent.uplink.ConnectionLoop;
import dev.picket.agent.uplink.ConsoleGate;
import dev.picket.agent.uplink.CurrentConnection;
import dev.picket.agent.uplink.DroppedEncoder;
import dev.picket.agent.uplink.EventEncoder;
import dev.picket.agent.uplink.Incoming;
import dev.picket.agent.uplink.Meter;
import dev.picket.agent.uplink.MeteredLink;
import dev.picket.agent.uplink.PahoLink;
import dev.picket.agent.uplink.Presence;
import dev.picket.agent.uplink.Report;
import dev.picket.agent.uplink.ReportParts;
import dev.picket.agent.uplink.Reporter;
import dev.picket.agent.uplink.Resending;
import dev.picket.agent.uplink.Retries;
import dev.picket.agent.uplink.SentMarks;
import dev.picket.agent.uplink.Served;
import dev.picket.agent.uplink.Topics;
import dev.picket.agent.uplink.Uplink;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sending and commands: built together, because they share the connection. */
final class SendFlow implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SendFlow.class);
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration TICK = Duration.ofMillis(500);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(3);
    private static final Retries.Contest CONTEST = new Retries.Contest(3, Duration.ofMinutes(1), Duration.ofHours(1));
    private static final Duration CONTESTED_FIRST = Duration.ofMinutes(2);
    private static final Duration CONTESTED_MOST = Duration.ofMinutes(30);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);
    private static final Duration ROLLOUT_TICK = Duration.ofMillis(500);
    private static final Duration ROLLOUT_RETRY = Duration.ofSeconds(30);
    private static final int JOBS = 16;
    private static final int JOB_THREADS = 4;
    private static final int ANSWERING = 8;
    private static final Resending.Pace RESENDING =
            new Resending.Pace(100, Duration.ofSeconds(30), IDLE, Duration.ofHours(1), 100);

    private final BrokerCredentials credentials;
    private final ConnectionLoop connections;
    private final Uplink uplink;
    private final SentMarks marks;
    private final CommandFlow commands;
    private final Rollouts rollouts;
    private final Meter meter;
    private final ConsoleGate gate;
    private final Retries retries;
    private final Threads sending = new Threads();
    private final Threads working = new Threads();
    private final Threads connecting = new Threads();

    /**
     * @param report what the gateway reports of itself
     * @param served what its birth says
     * @param more the verbs of other parts
     * @param updates carries rollouts out, and says what counts as now for what is signed
     * @throws IOException when the password cannot be read
     */
    SendFlow(
            PicketConfig config,
            Journal journal,
            State state,
            CurrentConnection current,
            Supplier<Report> report,
            Supplier<Served> served,
            List<CommandHandler> more,
            CommandKeys keys,
            UpdateLoop updates,
            Clock clock)
            throws IOException, StateUnavailableException {
        UplinkConfig settings = config.uplink();
        this.credentials = credentials(settings, clock);
        Topics topics = new Topics(config.gateway());
        this.meter = Meter.open(settings.meter(), state, clock, System::nanoTime);
        Reporter reporter = new Reporter(topics, report, settings.reportEvery(), meter::spacing, clock);
        List<CommandHandler> handlers = new ArrayList<>(
                List.of(new Ping(clock), new StatusCommand(report), new ReportCommand(reporter::sayAgain)));
        EventEncoder encoder = new EventEncoder(topics, textMayLeave(config));
        handlers.add(new Resend(new Resending(journal, current, encoder, meter, RESENDING), journal.epoch()));
        handlers.addAll(more);
        this.gate = new ConsoleGate(settings.waitForConsole());
        this.retries = retries(config);
        this.commands = new CommandFlow(
                state,
                handlers,
                keys,
                config.gateway(),
                current,
                updates::now,
                new CommandFlow.Limits(
                        settings.commandQueue(),
                        settings.commandBytes(),
                        settings.ackTimeout(),
                        ANSWER_WITHIN,
                        JOBS,
                        ANSWERING));
        this.rollouts = new Rollouts(
                config.rollouts(),
                config.gateway(),
                state,
                keys,
                updates,
                new Rollouts.Limits(
                        config.rollouts().most(),
                        settings.commandQueue(),
                        settings.commandBytes(),
                        ROLLOUT_TICK,
                        ROLLOUT_RETRY));
        this.marks = new SentMarks(journal, settings.unmarked(), settings.markBatch(), settings.markDelay());
        Uplink.Parts parts = new Uplink.Parts(
                journal, encoder, new DroppedEncoder(topics, clock), marks, meter, gate, settings.order());
        this.uplink = new Uplink(parts, current, new Uplink.Pace(settings.page(), settings.ackTimeout(), IDLE, PAUSE));
        this.connections = new ConnectionLoop(
                new MeteredLink(new PahoLink(settings, config.gateway(), credentials), meter),
                state,
                new Presence(topics, journal.epoch(), served),
                reporter,
                topics,
                message -> heard(topics, message),
                gate,
                current,
                retries,
                clock,
                new ConnectionLoop.Pace(settings.willDelay(), settings.ackTimeout(), TICK));
        journal.onAppend(uplink::wake);
        gate.onOpen(uplink::wake);
    }

    void start(Pulse pulse, Duration silence) {
        connecting.start("connection", pulse.watched("connection", silence, connections));
        sending.start("uplink", pulse.watched("uplink", silence, uplink));
        sending.start("sent-marks", pulse.watched("sent-marks", silence, marks));
        sending.start("commands", pulse.watched("commands", silence, commands.loop()));
        sending.start("rollouts", pulse.watched("rollouts", silence, rollouts));
        for (int i = 1; i <= JOB_THREADS; i++) {
            working.start("job-" + i, commands.jobLoop());
        }
    }

    /** Says the birth again, because another Set serves. */
    void sayBirth() {
        connections.sayBirth();
    }

    /** Why verdicts stay, or the broker is left alone; empty when neither is so. */
    String trouble() {
        return Stream.of(uplink.trouble(), retries.trouble())
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining(" "));
    }

    /** What the link has carried today, and what it holds back. */
    ReportParts.Link link() {
        return new ReportParts.Link(uplink.heldBack(), meter.bytesToday(), meter.bytesPerDay());
    }

    /** What the uplink shows and trusts, the one that ends first before the others. */
    List<ReportParts.Certificate> certificates() {
        return credentials.certificates().stream()
                .map(each -> new ReportParts.Certificate(each.role(), each.subject(), each.notAfter()))
                .toList();
    }

    /** What somebody should look after before the uplink stops working. */
    List<String> certificateTroubles() {
        return credentials.troubles();
    }

    List<ReportParts.Job> jobs() {
        return commands.jobs();
    }

    ReportParts.Rollouts rollouts() {
        return rollouts.report();
    }

    CommandCounts counts() {
        return commands.counts();
    }

    /** Stops sending first, so that the farewell is the last word on the connection. */
    @Override
    public void close() {
        commands.stop();
        rollouts.stop();
        uplink.stop();
        marks.stop();
        sending.join(STOP_WITHIN);
        working.interrupt();
        working.join(STOP_WITHIN);
        commands.close();
        connections.stop("stopped");
        connecting.join(STOP_WITHIN);
        meter.settle();
    }

    private void heard(Topics topics, Incoming message) {
        if (topics.rollout(message.topic()).isEmpty()) {
            commands.inbox().accept(message);
        } else {
            rollouts.inbox().accept(message);
        }
    }

    private static Retries retries(PicketConfig config) {
        UplinkConfig settings = config.uplink();
        RandomGenerator random = RandomGenerator.getDefault();
        return new Retries(
                PahoLink.clientId(settings, config.gateway()),
                CONTEST,
                new Backoff(settings.retryFirst(), settings.retryMost(), random),
                new Backoff(CONTESTED_FIRST, CONTESTED_MOST, random),
                System::nanoTime);
    }

    private static Predicate<String> textMayLeave(PicketConfig config) {
        Set<String> leaving = config.sources().stream()
                .filter(source -> source.leave() == SourceConfig.Leave.FULL)
                .map(SourceConfig::name)
                .collect(Collectors.toUnmodifiableSet());
        return leaving::contains;
    }

    /** Tells at once of a password that cannot be read, which otherwise each attempt to connect would find. */
    private static BrokerCredentials credentials(UplinkConfig settings, Clock clock) throws IOException {
        BrokerCredentials credentials = new BrokerCredentials(settings, System.getenv(), clock);
        try {
            credentials.password();
        } catch (CredentialException e) {
            throw new IOException(e.getMessage(), e);
        }
        credentials.secretInClear().ifPresent(LOG::warn);
        return credentials;
    }
}
