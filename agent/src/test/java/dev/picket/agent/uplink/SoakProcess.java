package dev.picket.agent.uplink;

import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import dev.picket.agent.read.Until;
import dev.picket.inference.Priority;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An agent through which rows go in and out, with connections that break, and that says now and then what it holds. A process
 * of its own, so that what it holds is its own.
 */
public final class SoakProcess {
    private static final List<Priority> PRIORITIES = List.of(Priority.values());
    private static final int BATCH = 500;
    private static final int MOST_WAITING = 5_000;
    private static final int COLLECTIONS = 3;

    private SoakProcess() {}

    /**
     * @param args folder, broker, rows, how often it says what it holds
     */
    public static void main(String... args) throws Exception {
        Path folder = Path.of(args[0]);
        int rows = Integer.parseInt(args[2]);
        int samples = Integer.parseInt(args[3]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (Agent agent = new Agent(folder, Configs.uplink(URI.create(args[1]))).start()) {
            agent.awaitUp();
            int written = 0;
            for (int sample = 1; sample <= samples; sample++) {
                int until = (int) ((long) rows * sample / samples);
                written = pass(agent, written, until);
                if (!agent.awaits(depth -> depth.total() == 0)) {
                    throw new IllegalStateException("rows are stuck: " + agent.journal.depth());
                }
                out.println(held(folder, written));
                breakConnection(agent);
            }
        }
    }

    private static int pass(Agent agent, int from, int until) throws Exception {
        int written = from;
        while (written < until) {
            List<Verdict> batch = new ArrayList<>();
            for (int i = 0; i < BATCH && written < until; i++, written++) {
                Priority priority = PRIORITIES.get(written % PRIORITIES.size());
                batch.add(Verdicts.of("line1", "r" + written, "fraud", priority));
            }
            agent.journal.append(batch, Map.of("line1", Integer.toString(written)));
            Until.holds("room", () -> agent.journal.depth().total() < MOST_WAITING);
        }
        return written;
    }

    private static void breakConnection(Agent agent) throws Exception {
        long session = agent.session();
        CurrentConnection.Up up = agent.current.get();
        if (up != null) {
            up.connection().abort();
        }
        Until.holds("another session is up", () -> agent.session() > session);
    }

    private static String held(Path folder, int rows) throws IOException {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        long disk = 0;
        for (String each : List.of("journal.db", "journal.db-wal")) {
            disk += Files.size(folder.resolve(each));
        }
        return "held %d %d %d %d %d %d".formatted(rows, heap, resident(), threads, files(), disk);
    }

    private static long resident() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1_024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static long files() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
