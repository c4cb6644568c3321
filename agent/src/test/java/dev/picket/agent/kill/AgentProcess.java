package dev.picket.agent.kill;

import dev.picket.agent.journal.Depth;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.read.Behind;
import dev.picket.agent.read.Condition;
import dev.picket.agent.read.FakeJudge;
import dev.picket.agent.read.LiveVerdicts;
import dev.picket.agent.read.Pipeline;
import dev.picket.agent.read.PipelineLimits;
import dev.picket.agent.read.Route;
import dev.picket.agent.uplink.Agent;
import dev.picket.agent.uplink.Configs;
import dev.picket.sensors.FileLimits;
import dev.picket.sensors.FileSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Reading, sending and commands in one process, wired as the agent wires them, with a judge that needs no model. It says
 * {@code started}, answers each line on its standard input with {@code UNSENT READ GAPS up|away} (READ in bytes of the files, all sources together),
 * and stops in good order when that ends.
 */
public final class AgentProcess {
    static final List<String> SOURCES = List.of("press", "mill");
    /** The source with a second task, which is asked upon an answer of the first. */
    static final String ROUTED = "mill";

    static final String ROUTER = "fraud";
    static final String UPON = "spam";
    static final String SECOND = "follow-up";

    private static final long TEXT_MICROS = 300;
    private static final int MANY_JOBS = 64;

    private AgentProcess() {}

    /** @param args its folder, the broker, the window that it wants at most */
    public static void main(String... args) throws Exception {
        Path folder = Path.of(args[0]);
        Clock clock = Clock.systemUTC();
        FakeJudge judge = new FakeJudge(ROUTER, SECOND);
        judge.takeNanos(TimeUnit.MICROSECONDS.toNanos(TEXT_MICROS));
        try (Journal journal = Journal.open(folder.resolve("journal.db"), Configs.JOURNAL, clock);
                Agent agent = new Agent(
                        folder,
                        Configs.uplink(URI.create(args[1]), Integer.parseInt(args[2])),
                        journal,
                        Effect.verbs(folder.resolve("effects")),
                        MANY_JOBS);
                Pipeline pipeline = new Pipeline(
                        routes(folder, journal, clock),
                        judge,
                        journal,
                        new LiveVerdicts(),
                        PipelineLimits.of(2, Configs.JOURNAL),
                        clock)) {
            agent.start();
            pipeline.start();
            System.out.println("started");
            while (System.in.read() >= 0) {
                Depth depth = journal.depth();
                System.out.println(depth.total() + " " + read(journal) + " "
                        + journal.gaps(1).size() + (agent.session() < 0 ? " away" : " up"));
            }
        }
    }

    private static long read(Journal journal) throws JournalUnavailableException {
        long bytes = 0;
        for (String source : SOURCES) {
            bytes += journal.position(source).map(AgentProcess::offset).orElse(0L);
        }
        return bytes;
    }

    /** Where a source stands in its file. */
    static long offset(String position) {
        return Long.parseLong(position.split(" ", -1)[5]);
    }

    private static List<Route> routes(Path folder, Journal journal, Clock clock) throws Exception {
        List<Route> routes = new ArrayList<>();
        for (String source : SOURCES) {
            FileSource file = new FileSource(
                    source,
                    folder.resolve(source + ".log"),
                    journal.position(source),
                    new FileLimits(8192, Duration.ofMillis(5), 3, 100),
                    clock);
            routes.add(
                    source.equals(ROUTED)
                            ? new Route(
                                    file,
                                    List.of(ROUTER, SECOND),
                                    Map.of(SECOND, new Condition(ROUTER, Set.of(UPON))),
                                    false,
                                    Behind.WAIT)
                            : new Route(file, List.of(ROUTER)));
        }
        return routes;
    }
}
