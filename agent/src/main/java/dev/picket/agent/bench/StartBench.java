package dev.picket.agent.bench;

import dev.picket.inference.BadArtefactException;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a process of the agent takes to READY, with the cache of its start and without, in turns, and what memory it
 * has then. The Set was installed by an agent before, out of a repository of its own; the cache is one that an agent of the
 * same flags made at its end.
 */
public final class StartBench {
    private static final Logger LOG = LoggerFactory.getLogger(StartBench.class);
    private static final int ROUNDS = 7;
    private static final int OK = 200;
    private static final int TEXTS = 200;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final String READY = "Ready; the page is at ";
    /** What the launcher of a package gives an agent on a gateway, as it says itself. */
    private static final String OPTIONS = System.getProperty("picket.start.options", "-Xmx96m");

    private static final List<String> FLAGS =
            List.of("-XX:-UsePerfData", "--sun-misc-unsafe-memory-access=allow", "-Dpicket.log=INFO");

    private final Path folder;
    private final String task;
    private final List<Double> ready = new ArrayList<>();
    private final List<Double> bare = new ArrayList<>();
    private final List<Double> serving = new ArrayList<>();
    private @Nullable Map<Resident.Part, Double> resident;

    /** One start. */
    private record Start(double readyMillis, double servingMillis, Map<Resident.Part, Double> resident) {}

    private StartBench(Path folder, String task) {
        this.folder = folder;
        this.task = task;
    }

    /** Measures; the figures are asked afterwards. */
    public static StartBench run(Path scratch, Path base, Path taskFolder, String task)
            throws UnavailableException, IOException, InterruptedException {
        StartBench bench = new StartBench(scratch.resolve("bench-start"), task);
        try (BenchRepository repository = BenchRepository.start(bench.folder.resolve("shop"), base, taskFolder, task)) {
            repository.publish(1);
            bench.configure(repository);
            bench.measure();
            return bench;
        } catch (RejectedException | BadArtefactException e) {
            throw new UnavailableException("The Set to start with cannot be made: " + e.getMessage(), e);
        } finally {
            AtomicFiles.removeTree(bench.folder);
        }
    }

    /** {@code start-ready-millis}, with the cache; the floor is a start without. */
    public Result readyMillis() {
        return new Result(
                "start-ready-millis",
                median(ready),
                low(ready),
                high(ready),
                "milliseconds",
                median(ready),
                median(bare));
    }

    /** {@code start-serving-millis}: until the Set answers, too. */
    public Result servingMillis() {
        double median = median(serving);
        return new Result("start-serving-millis", median, low(serving), high(serving), "milliseconds", median, 0);
    }

    /** {@code start-aot-speedup}: a start without over one with. */
    public Result speedup() {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < ready.size(); i++) {
            ratios.add(bare.get(i) / ready.get(i));
        }
        return new Result(
                "start-aot-speedup", median(ratios), low(ratios), high(ratios), "ratio", median(ready), median(bare));
    }

    /** {@code resident-megabytes} of an agent that has judged some texts, or of one of its parts. */
    public Result resident(Resident.Part part) throws IOException {
        if (resident == null) {
            throw new IOException("no start was measured");
        }
        double megabytes = resident.getOrDefault(part, 0.0);
        return new Result(part.figure(), megabytes, megabytes, megabytes, "megabytes", megabytes, 0);
    }

    private void configure(BenchRepository repository) throws IOException {
        AtomicFiles.createFolders(folder);
        StringBuilder texts = new StringBuilder();
        for (int i = 0; i < TEXTS; i++) {
            texts.append(Texts.at(i).replace('\n', ' ')).append('\n');
        }
        AtomicFiles.write(folder.resolve("texts.log"), texts.toString().getBytes(StandardCharsets.UTF_8));
        String config = """
                gateway: { site: bench, name: bench }
                data: { directory: "%1$s/data", runtime: "%1$s/run" }
                http: { port: 0 }
                sources: [{ name: texts, kind: file, path: "%1$s/texts.log", tasks: [%2$s] }]
                updates: { repository: "%3$s", root: "%4$s", channel: %5$s, trial: { probation: 100ms } }
                """.formatted(folder, task, repository.uri(), repository.root(), BenchRepository.CHANNEL);
        AtomicFiles.write(folder.resolve("picket.yml"), config.getBytes(StandardCharsets.UTF_8));
    }

    private void measure() throws IOException, InterruptedException {
        Path cache = folder.resolve("picket.aot");
        start(List.of());
        start(List.of("-XX:AOTCacheOutput=" + cache));
        if (!Files.exists(cache)) {
            throw new IOException("the JVM made no cache; it makes one of jars only, so measure with the package");
        }
        List<String> with = List.of("-XX:AOTCache=" + cache);
        start(with);
        for (int i = 0; i < ROUNDS; i++) {
            bare.add(start(List.of()).readyMillis());
            Start warm = start(with);
            ready.add(warm.readyMillis());
            serving.add(warm.servingMillis());
            resident = warm.resident();
        }
    }

    private Start start(List<String> more) throws IOException, InterruptedException {
        List<String> flags = new ArrayList<>(List.of(OPTIONS.split(" ")));
        flags.addAll(FLAGS);
        flags.addAll(more);
        long began = System.nanoTime();
        Process agent = ChildJvm.startWatched(
                "dev.picket.agent.cli.Main",
                flags,
                List.of("run", "--config", folder.resolve("picket.yml").toString()));
        try (BufferedReader log = agent.errorReader()) {
            URI page = page(log);
            double readyMillis = (System.nanoTime() - began) / NANOS_PER_MILLI;
            Thread.ofVirtual().start(() -> drain(log));
            awaitServing(page, began);
            double servingMillis = (System.nanoTime() - began) / NANOS_PER_MILLI;
            Map<Resident.Part, Double> parts = Resident.of(agent.pid());
            // The process's own destroy would close its pipes, into which the JVM that makes the cache speaks yet.
            if (!agent.toHandle().destroy() || !agent.waitFor(PATIENCE)) {
                throw new IOException("the agent does not end");
            }
            return new Start(readyMillis, servingMillis, new LinkedHashMap<>(parts));
        } finally {
            agent.destroyForcibly();
        }
    }

    /** What nobody reads would hold the agent up at its next line. */
    private static void drain(BufferedReader log) {
        try {
            while (log.readLine() != null) {
                Thread.onSpinWait();
            }
        } catch (IOException e) {
            LOG.debug("The agent's log was closed", e);
        }
    }

    private static URI page(BufferedReader log) throws IOException {
        String last = "";
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            last = line;
            int at = line.indexOf(READY);
            if (at >= 0) {
                return URI.create(line.substring(at + READY.length()).strip());
            }
        }
        throw new IOException("the agent has ended before it was ready: " + last);
    }

    private static void awaitServing(URI page, long began) throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            HttpRequest health = HttpRequest.newBuilder(page.resolve("/health"))
                    .timeout(PATIENCE)
                    .build();
            while (client.send(health, HttpResponse.BodyHandlers.discarding()).statusCode() != OK) {
                if (System.nanoTime() - began > PATIENCE.toNanos()) {
                    throw new IOException("the Set does not answer");
                }
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            }
        }
    }

    private static double median(List<Double> all) {
        return Rounds.median(all.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static double low(List<Double> all) {
        return all.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    private static double high(List<Double> all) {
        return all.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }
}
