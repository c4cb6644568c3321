package dev.picket.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.AgentContext;
import dev.picket.agent.StartFailedException;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.read.LiveVerdicts;
import dev.picket.agent.status.AgentStatus;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.RejectedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.jspecify.annotations.Nullable;

/** One run of the demo: everything that it starts, and everything that it ends. */
final class DemoRun implements AutoCloseable {
    private static final Duration PACE = Duration.ofMillis(400);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(100);
    /** Half-way, but not later than a person waits for something to happen. */
    private static final Duration LATEST_UPDATE = Duration.ofSeconds(20);

    private static final int WATCHED = 1_000;

    private final Path work;
    private final Screen screen;
    private final DemoBroker broker;
    private final Subscriber fleet;
    private final Publisher publisher;
    private final FloorWriter floor;
    private final UpdateLog updates;
    private final AgentContext agent;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private DemoRun(
            Path work,
            Screen screen,
            DemoBroker broker,
            Subscriber fleet,
            Publisher publisher,
            FloorWriter floor,
            UpdateLog updates,
            AgentContext agent) {
        this.work = work;
        this.screen = screen;
        this.broker = broker;
        this.fleet = fleet;
        this.publisher = publisher;
        this.floor = floor;
        this.updates = updates;
        this.agent = agent;
    }

    static DemoRun start(Path released, Path work, int httpPort, Screen screen)
            throws IOException, MqttException, RejectedException, StartFailedException {
        screen.say("Starting a broker, and signing the released models into a repository …");
        Publisher publisher = Publisher.open(released, work.resolve("publisher"));
        AtomicFiles.createFolders(work.resolve("floor"));
        DemoBroker broker = DemoBroker.start(work.resolve("broker"));
        @Nullable Subscriber fleet = null;
        boolean started = false;
        try {
            fleet = Subscriber.connect(broker.uri());
            FloorWriter floor = new FloorWriter(work.resolve("floor"), PACE);
            UpdateLog updates = new UpdateLog((set, what) -> screen.say("@|cyan update   " + set + ": " + what + "|@"));
            AgentContext agent = AgentContext.start(config(work, broker, publisher, httpPort), updates::heard);
            screen.say("@|bold The page:|@ " + agent.page() + "   (Ctrl-C ends the demo)");
            started = true;
            return new DemoRun(work, screen, broker, fleet, publisher, floor, updates, agent);
        } finally {
            // Their files go with the folder, so they end before it is removed.
            if (!started && fleet != null) {
                fleet.close();
            }
            if (!started) {
                broker.close();
            }
        }
    }

    /** Plays for a time, or until Ctrl-C; then waits, for a bounded time, until the fleet has everything. */
    void play(Duration length) throws IOException, InterruptedException, RejectedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndWait, "picket-demo-stop"));
        Thread writing = Thread.ofPlatform().name("picket-demo-floor").daemon().start(this::write);
        Thread showing = Thread.ofPlatform().name("picket-demo-screen").daemon().start(this::show);
        Duration half = length.dividedBy(2).compareTo(LATEST_UPDATE) < 0 ? length.dividedBy(2) : LATEST_UPDATE;
        if (!stop.await(half.toMillis(), TimeUnit.MILLISECONDS)) {
            // An update is shown on a Set that serves; on a slow machine the first one may still be on trial.
            until(() -> !agent.agent().status().now().tasks().isEmpty());
            String set = publisher.publishUpdate();
            screen.say("@|cyan update   " + set + ": published and signed|@");
            agent.agent().updates().pollNow();
            if (!stop.await(length.minus(half).toMillis(), TimeUnit.MILLISECONDS)) {
                // On a slow machine its trial outlasts the demo.
                until(() -> updates.states().containsKey(set));
            }
        }
        floor.stop();
        writing.join();
        until(() -> status().figures().readings() >= floor.written() && fleet.distinctIds() >= floor.written());
        showing.interrupt();
        showing.join();
    }

    /** The figures of the run, one sentence. */
    String sentence() {
        AgentStatus status = status();
        return String.format(
                Locale.ROOT,
                "%d readings, %d verdicts, %d received by the fleet under %d ids, updates %s, median %.1f ms a text.",
                floor.written(),
                status.figures().verdicts(),
                fleet.events(),
                fleet.distinctIds(),
                updates.states(),
                status.figures().p50Millis());
    }

    /** The figures of the run, one JSON object. */
    String summary() {
        AgentStatus status = status();
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("readings", floor.written());
        json.put("verdicts", status.figures().verdicts());
        json.put("acknowledged", fleet.events());
        json.put("distinctIds", fleet.distinctIds());
        ArrayNode list = json.putArray("updates");
        for (Map.Entry<String, String> each : updates.states().entrySet()) {
            list.addObject().put("set", each.getKey()).put("state", each.getValue());
        }
        json.put("p50Millis", status.figures().p50Millis());
        json.put("base", status.base());
        ArrayNode tasks = json.putArray("tasks");
        status.tasks().forEach(tasks::add);
        json.put("page", agent.page().toString());
        try {
            return new ObjectMapper().writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values cannot be written", e);
        }
    }

    @Override
    public void close() throws MqttException, IOException {
        agent.close();
        fleet.close();
        broker.close();
        AtomicFiles.removeTree(work);
        closed.countDown();
    }

    private AgentStatus status() {
        return agent.agent().status().now();
    }

    private void write() {
        try {
            floor.run();
        } catch (IOException e) {
            screen.say("@|red The floor's file cannot be written: " + e.getMessage() + "|@");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void show() {
        try (LiveVerdicts.Viewer viewer = agent.agent().live().watch(WATCHED)) {
            while (!Thread.currentThread().isInterrupted()) {
                Verdict verdict = viewer.next(LOOK);
                if (verdict != null) {
                    screen.verdict(verdict);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void until(BooleanSupplier reached) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!reached.getAsBoolean() && System.nanoTime() < end) {
            TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
        }
    }

    private void stopAndWait() {
        stop.countDown();
        try {
            closed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String sources(Path floor) {
        return Publisher.TASKS.entrySet().stream()
                .map(each -> "  - { name: %s, kind: file, path: \"%s\", tasks: [%s] }"
                        .formatted(each.getKey(), FloorWriter.file(floor, each.getKey()), each.getValue()))
                .collect(Collectors.joining("\n"));
    }

    private static PicketConfig config(Path work, DemoBroker broker, Publisher publisher, int httpPort)
            throws IOException {
        String yaml = """
                gateway: { site: demo, name: gateway-1 }
                data: { directory: "%s", runtime: "%s" }
                sources:
                %s
                uplink: { broker: "%s" }
                updates:
                  repository: "%s"
                  channel: %s
                  root: "%s"
                  interval: 5s
                  trial: { shadow-readings: 5, shadow-time: 4s, probation: 3s }
                http: { port: %d }
                """.formatted(
                        work.resolve("data"),
                        work.resolve("run"),
                        sources(work.resolve("floor")),
                        broker.uri(),
                        publisher.tree().toUri(),
                        Publisher.CHANNEL,
                        publisher.trustRoot(),
                        httpPort);
        Path file = work.resolve("picket.yml");
        AtomicFiles.write(file, yaml.getBytes(StandardCharsets.UTF_8));
        try {
            return ConfigLoader.load(file, Map.of());
        } catch (ConfigException e) {
            throw new IllegalStateException("the demo's own configuration is faulty: " + e.getMessage(), e);
        }
    }
}
