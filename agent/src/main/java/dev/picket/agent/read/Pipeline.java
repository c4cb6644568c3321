package dev.picket.agent.read;

import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.judge.Judge;
import dev.picket.agent.pulse.Pulse;
import dev.picket.inference.drift.Observation;
import dev.picket.sensors.SourceCounts;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The read flow, three hand-offs from a source to the disk.
 *
 * <pre>
 * Source --> Intake --> queue --> Judging --> Commits --> Journal.append(outcomes, positions)
 *  a thread each        bounded   n threads   one thread, group commit
 * </pre>
 *
 * The queue has a line for sources of high priority, which goes first. Each reading gets one outcome for each task that it
 * is routed to: a source's position passes a reading only in the transaction that
 * has its outcomes and those of all before it ({@link LowWater}), and an outcome that is there already stays. So a
 * process killed at any moment reads some texts again and keeps one outcome of each. While no Set serves, the journal
 * is full or its disk gone, readings wait in their sources. A reading that kills the process fails at last
 * ({@link Attempts}).
 */
public final class Pipeline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final long TAKE_MILLIS = 50;

    private final PipelineLimits limits;
    private final ReadingQueue queue;
    private final AtomicInteger underWay = new AtomicInteger();
    private final Committer committer;
    private final Judging judging;
    private final Commits commits;
    private final List<Intake> intakes = new ArrayList<>();
    private final List<Thread> reading = new ArrayList<>();
    private final List<Thread> judges = new ArrayList<>();
    private final List<Thread> writing = new ArrayList<>();
    private volatile boolean draining;
    private volatile String fault = "";

    /** One whose sources nobody pauses. */
    public Pipeline(
            List<Route> routes, Judge judge, Journal journal, LiveVerdicts live, PipelineLimits limits, Clock clock)
            throws JournalUnavailableException {
        this(routes, judge, journal, live, limits, _ -> "", _ -> {}, clock);
    }

    /**
     * Starts nothing yet.
     *
     * @param hold why readings of a source, by name, are to wait; empty while they are not
     * @param seen told what was answered once it is on disk, in groups
     * @throws JournalUnavailableException when what was noted of earlier attempts cannot be read
     */
    public Pipeline(
            List<Route> routes,
            Judge judge,
            Journal journal,
            LiveVerdicts live,
            PipelineLimits limits,
            Function<String, String> hold,
            Consumer<List<Observation>> seen,
            Clock clock)
            throws JournalUnavailableException {
        this.limits = limits;
        this.queue = new ReadingQueue(limits.inFlight());
        this.committer = new Committer(journal, limits.retryAfter());
        this.judging = new Judging(judge, limits.retryAfter());
        this.commits = new Commits(committer, live, seen, limits, underWay);
        Attempts attempts = new Attempts(committer, limits.maxAttempts());
        int careful = journal.stoppedCleanly() ? 1 : limits.inFlight();
        for (Route route : routes) {
            intakes.add(new Intake(
                    route,
                    judge,
                    onward(),
                    underWay,
                    attempts,
                    Attempts.before(journal, route.source().name()),
                    careful,
                    limits,
                    hold,
                    clock));
        }
    }

    private Intake.Onward onward() {
        return new Intake.Onward() {
            @Override
            public void judge(Item item) throws InterruptedException {
                queue.put(item);
            }

            @Override
            public void drop(Item item) throws InterruptedException {
                settle(item);
            }
        };
    }

    private void settle(Item item) throws InterruptedException {
        commits.take(judging.judge(item));
    }

    /** The same with nobody looking on. */
    public void start() {
        start(new Pulse(System::nanoTime), Duration.ZERO, Duration.ZERO);
    }

    /**
     * Starts the threads: one a source, the judging ones, and the writer. Sources are not watched, since what they wait
     * for is not ours.
     *
     * @param judging how long a judging thread may be silent
     * @param writing how long the writer may
     */
    public void start(Pulse pulse, Duration judging, Duration writing) {
        this.writing.add(begin("journal", pulse, writing, this::write));
        for (int i = 1; i <= limits.judgingThreads(); i++) {
            judges.add(begin("judge-" + i, pulse, judging, this::judge));
        }
        for (Intake intake : intakes) {
            reading.add(begin("picket-source-" + intake.name(), intake::run));
        }
    }

    /** What keeps readings from becoming verdicts now, or their tasks from being asked; empty when nothing does. */
    public List<String> troubles() {
        return Stream.concat(told(Intake::trouble).stream(), intakes.stream().flatMap(Intake::warnings))
                .toList();
    }

    /** The same without what sources have with their files: those without trouble are judged meanwhile. */
    public List<String> waits() {
        return told(Intake::waits);
    }

    private List<String> told(Function<Intake, String> of) {
        return Stream.concat(
                        Stream.of(fault, committer.trouble()), intakes.stream().map(of))
                .filter(trouble -> !trouble.isEmpty())
                .toList();
    }

    public ReadMetrics metrics() {
        Map<String, SourceCounts> sources = new HashMap<>();
        intakes.forEach(
                intake -> sources.put(intake.name(), intake.route().source().counts()));
        List<SourceLag> lags = intakes.stream().map(Intake::lag).toList();
        Duration lag = lags.stream().map(SourceLag::lag).reduce(Duration.ZERO, (a, b) -> a.compareTo(b) >= 0 ? a : b);
        return new ReadMetrics(
                commits.readings.sum(),
                commits.verdicts.sum(),
                commits.failed.sum(),
                commits.dropped.sum(),
                commits.commits.sum(),
                intakes.stream().mapToInt(intake -> intake.lowWater().size()).sum(),
                lag,
                judging.notAsked(),
                sources,
                lags);
    }

    /** Whether all sources have ended, as standard input does, and all their readings have their outcomes on disk. */
    public boolean finished() {
        return intakes.stream()
                .allMatch(intake -> intake.ended() && intake.lowWater().size() == 0);
    }

    /** Stops the sources, lets what is in flight reach the disk within the limit, and stops. */
    @Override
    public void close() {
        long end = System.nanoTime() + limits.stopWithin().toNanos();
        reading.forEach(Thread::interrupt);
        join(reading, end);
        draining = true;
        join(judges, end);
        commits.close();
        join(writing, end);
    }

    private void judge() {
        try {
            while (true) {
                Pulse.beat();
                Item item = queue.poll(TAKE_MILLIS);
                if (item != null) {
                    settle(item.intake().atTurn(item));
                } else if (draining) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            LOG.info("Stopped before all readings in flight were judged; they are read again at the next start");
        } catch (RuntimeException e) {
            stopped(e);
        }
    }

    private void write() {
        try {
            commits.run();
        } catch (InterruptedException e) {
            LOG.info("Stopped before all readings in flight were on disk; they are read again at the next start");
        } catch (RuntimeException e) {
            stopped(e);
        }
    }

    private void stopped(RuntimeException e) {
        fault = "A thread of the read flow has stopped by a fault of the agent (" + e + "); restart the agent.";
        LOG.error(fault, e);
    }

    private static Thread begin(String name, Pulse pulse, Duration silence, Runnable loop) {
        return begin("picket-" + name, pulse.watched(name, silence, loop));
    }

    private static Thread begin(String name, Runnable loop) {
        return Thread.ofPlatform().name(name).daemon().start(loop);
    }

    private static void join(List<Thread> threads, long end) {
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
                if (thread.isAlive()) {
                    thread.interrupt();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
