package dev.picket.agent.uplink;

import dev.picket.agent.commands.CommandFlow;
import dev.picket.agent.commands.CommandHandler;
import dev.picket.agent.commands.CommandKeys;
import dev.picket.agent.commands.Ping;
import dev.picket.agent.commands.ReportCommand;
import dev.picket.agent.commands.Resend;
import dev.picket.agent.commands.StatusCommand;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.journal.Depth;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.state.Limits;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** The send and the command flow, wired as the agent wires them, over a journal and a state of their own. */
public final class Agent implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    public final Journal journal;
    public final State state;
    public final CurrentConnection current = new CurrentConnection();
    public final ConnectionLoop loop;
    private final SentMarks marks;
    private final Uplink uplink;
    public final CommandFlow commands;
    final Meter meter;
    final ConsoleGate gate;
    final Retries retries;
    private final List<Thread> threads = new ArrayList<>();

    /** How many jobs may wait or run, where a test does not say. */
    private static final int FEW_JOBS = 3;

    public Agent(Path folder, UplinkConfig config)
            throws JournalUnavailableException, NewerSchemaException, StateUnavailableException {
        this(folder, config, Configs.link(config), List.of());
    }

    public Agent(Path folder, UplinkConfig config, BrokerLink link, List<CommandHandler> more)
            throws JournalUnavailableException, NewerSchemaException, StateUnavailableException {
        this(
                folder,
                config,
                Journal.open(folder.resolve("journal.db"), Configs.JOURNAL, Clock.systemUTC()),
                link,
                more,
                FEW_JOBS);
    }

    /** Over a journal that another part has opened. */
    public Agent(Path folder, UplinkConfig config, Journal journal)
            throws NewerSchemaException, StateUnavailableException {
        this(folder, config, journal, List.of(), FEW_JOBS);
    }

    /** The same, with verbs of the test's own. */
    public Agent(Path folder, UplinkConfig config, Journal journal, List<CommandHandler> more, int jobs)
            throws NewerSchemaException, StateUnavailableException {
        this(folder, config, journal, Configs.link(config), more, jobs);
    }

    private Agent(
            Path folder, UplinkConfig config, Journal journal, BrokerLink link, List<CommandHandler> more, int jobs)
            throws NewerSchemaException, StateUnavailableException {
        this.journal = journal;
        this.state = State.open(folder.resolve("state.db"), 16 << 20, Limits.of(config.commandsKept()));
        Clock clock = Clock.systemUTC();
        Topics topics = new Topics(Configs.GATEWAY);
        Served served = new Served("0.1.0", "b".repeat(64), Map.of("fraud", "c".repeat(64)));
        List<CommandHandler> handlers = new ArrayList<>(more);
        handlers.add(new Ping(clock));
        handlers.add(new StatusCommand(this::report));
        this.meter = Meter.open(config.meter(), state, clock, System::nanoTime);
        Reporter reporter = new Reporter(topics, this::report, config.reportEvery(), meter::spacing, clock);
        handlers.add(new ReportCommand(reporter::sayAgain));
        EventEncoder encoder = new EventEncoder(topics, _ -> false);
        handlers.add(new Resend(
                new Resending(
                        journal,
                        current,
                        encoder,
                        meter,
                        new Resending.Pace(100, config.ackTimeout(), Duration.ofMillis(50), Duration.ofHours(1), 100)),
                journal.epoch()));
        this.gate = new ConsoleGate(config.waitForConsole());
        this.retries = new Retries(
                PahoLink.clientId(config, Configs.GATEWAY),
                new Retries.Contest(3, Duration.ofMinutes(1), Duration.ofHours(1)),
                new Backoff(config.retryFirst(), config.retryMost(), new Random(1)),
                new Backoff(Duration.ofMinutes(2), Duration.ofMinutes(30), new Random(1)),
                System::nanoTime);
        this.commands = new CommandFlow(
                state,
                handlers,
                CommandKeys.open(folder.resolve("updates"), ""),
                Configs.GATEWAY,
                current,
                clock,
                new CommandFlow.Limits(
                        config.commandQueue(),
                        config.commandBytes(),
                        config.ackTimeout(),
                        Duration.ofMillis(500),
                        jobs,
                        4));
        this.loop = new ConnectionLoop(
                new MeteredLink(link, meter),
                state,
                new Presence(topics, journal.epoch(), () -> served),
                reporter,
                topics,
                commands.inbox(),
                gate,
                current,
                retries,
                clock,
                new ConnectionLoop.Pace(config.willDelay(), config.ackTimeout(), Duration.ofMillis(50)));
        this.marks = new SentMarks(journal, config.unmarked(), config.markBatch(), config.markDelay());
        Uplink.Parts parts = new Uplink.Parts(
                journal, encoder, new DroppedEncoder(topics, clock), marks, meter, gate, config.order());
        this.uplink = new Uplink(
                parts,
                current,
                new Uplink.Pace(config.page(), config.ackTimeout(), Duration.ofMillis(100), Duration.ofMillis(200)));
        gate.onOpen(uplink::wake);
        journal.onAppend(uplink::wake);
    }

    Report report() {
        try {
            Depth depth = journal.depth();
            return new Report(
                    "0.1.0",
                    null,
                    null,
                    null,
                    TrialReport.NONE,
                    "ready",
                    depth.unsent(),
                    depth.ackedThrough(),
                    depth.dropsByReason(),
                    0,
                    ReportParts.NONE);
        } catch (JournalUnavailableException e) {
            throw new IllegalStateException(e);
        }
    }

    public Agent start() {
        for (Runnable each : List.of(loop, uplink, marks, commands.loop(), commands.jobLoop(), commands.jobLoop())) {
            Thread thread = new Thread(each, "picket-" + each.getClass().getSimpleName());
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        return this;
    }

    String trouble() {
        return uplink.trouble();
    }

    String heldBack() {
        return uplink.heldBack();
    }

    /** Waits until the journal's counts are as wanted. */
    public boolean awaits(Predicate<Depth> wanted) throws JournalUnavailableException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!wanted.test(journal.depth())) {
            if (System.nanoTime() > until) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return true;
    }

    /** The number of the session that is up, -1 while none is. */
    public long session() {
        CurrentConnection.Up up = current.get();
        return up == null ? -1 : up.session();
    }

    /** The window of the connection that is up, 0 while none is. */
    int window() {
        CurrentConnection.Up up = current.get();
        return up == null ? 0 : up.connection().window();
    }

    /** Waits until the connection is up, with its subscriptions. */
    public void awaitUp() throws InterruptedException {
        if (current.await(Duration.ofSeconds(PATIENCE_SECONDS)) == null) {
            throw new IllegalStateException("No connection within " + PATIENCE_SECONDS + " s");
        }
    }

    void stopThreads() throws InterruptedException {
        uplink.stop();
        loop.stop("stop");
        commands.stop();
        commands.close();
        for (Thread thread : threads) {
            if (thread.getName().endsWith("SentMarks")) {
                marks.stop();
            }
            if (thread.getName().endsWith("Jobs")) {
                thread.interrupt();
            }
            thread.join(TimeUnit.SECONDS.toMillis(10));
        }
    }

    @Override
    public void close() {
        try {
            stopThreads();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        journal.close();
        state.close();
    }
}
