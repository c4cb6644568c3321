package dev.picket.agent.commands;

import dev.picket.agent.config.GatewayConfig;
import dev.picket.agent.state.State;
import dev.picket.agent.uplink.CurrentConnection;
import dev.picket.agent.uplink.Incoming;
import dev.picket.agent.uplink.ReportParts;
import dev.picket.agent.uplink.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/** The command flow, put together: what arrives goes into {@link #inbox}, and the loops do the rest. */
public final class CommandFlow implements AutoCloseable {
    private static final int JOBS_SHOWN = 10;
    private static final Duration SAVE_PROGRESS = Duration.ofSeconds(10);
    private static final Duration JOB_LINGER = Duration.ofHours(1);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /**
     * @param places the most commands that wait; no more than the receive maximum that the broker was told
     * @param maxBytes the largest payload
     * @param patience how long a reply may wait for its place in the window
     * @param answerWithin how long a handler may take before its command becomes a job
     * @param jobs the most that wait or run
     * @param answering handlers at work at once, those that became jobs included
     */
    public record Limits(
            int places, long maxBytes, Duration patience, Duration answerWithin, int jobs, int answering) {}

    private final CommandCounts counts = new CommandCounts();
    private final Answering answering;
    private final Jobs jobs;
    private final CommandInbox inbox;

    /**
     * @param clock what {@code iat}, {@code exp} and expiry are held against: see {@code Updater.now}
     */
    public CommandFlow(
            State state,
            List<CommandHandler> handlers,
            CommandKeys keys,
            GatewayConfig gateway,
            CurrentConnection current,
            InstantSource clock,
            Limits limits) {
        this.answering = new Answering(limits.answerWithin(), limits.answering());
        this.jobs = new Jobs(
                state, clock, counts, new Jobs.Pace(limits.jobs(), JOBS_SHOWN, SAVE_PROGRESS, JOB_LINGER, RETRY));
        CommandSteps steps = new CommandSteps(
                state, new Commands(handlers), new Verification(gateway, keys), answering, jobs, counts, clock);
        String name = gateway.site() + "/" + gateway.name();
        Replies replies = new Replies(state, current, name, clock, limits.patience(), limits.places());
        this.inbox = new CommandInbox(
                state, steps, replies, new Topics(gateway), counts, clock, limits.places(), limits.maxBytes());
    }

    /** Where commands arrive; never blocks. */
    public Consumer<Incoming> inbox() {
        return inbox;
    }

    /** The commands' own thread, until {@link #stop}. */
    public Runnable loop() {
        return inbox;
    }

    /** What each of the jobs' threads runs, until {@link #stop}. */
    public Runnable jobLoop() {
        return jobs;
    }

    public List<ReportParts.Job> jobs() {
        return jobs.list();
    }

    public CommandCounts counts() {
        return counts;
    }

    /** Tells the loops to end; work that does not end by itself is to be interrupted, and stays begun. */
    public void stop() {
        inbox.stop();
        jobs.stop();
    }

    @Override
    public void close() {
        answering.close();
    }
}
