package dev.picket.agent.rollout;

import dev.picket.agent.ReleaseShop;
import dev.picket.agent.commands.CommandKeys;
import dev.picket.agent.config.GatewayConfig;
import dev.picket.agent.config.RolloutsConfig;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.read.Until;
import dev.picket.agent.state.Limits;
import dev.picket.agent.state.State;
import dev.picket.agent.tls.BrokerCredentials;
import dev.picket.agent.update.UpdateLoop;
import dev.picket.agent.update.UpdateLoops;
import dev.picket.agent.uplink.Backoff;
import dev.picket.agent.uplink.Configs;
import dev.picket.agent.uplink.ConnectionLoop;
import dev.picket.agent.uplink.ConsoleGate;
import dev.picket.agent.uplink.CurrentConnection;
import dev.picket.agent.uplink.PahoLink;
import dev.picket.agent.uplink.Presence;
import dev.picket.agent.uplink.Report;
import dev.picket.agent.uplink.ReportParts;
import dev.picket.agent.uplink.Reporter;
import dev.picket.agent.uplink.Retries;
import dev.picket.agent.uplink.Served;
import dev.picket.agent.uplink.Topics;
import dev.picket.agent.uplink.TrialReport;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.store.FileStore;
import dev.picket.ota.tuf.TufClient;
import dev.picket.ota.tuf.TufLimits;
import dev.picket.ota.update.StateFile;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.UpdateSettings;
import dev.picket.ota.update.UpdateStatus;
import dev.picket.ota.update.Updater;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One gateway of the site plant, with all that a rollout goes through, and a trial that a test holds in its hands. */
public final class Gateway implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(10);

    public final HeldTrial trial;
    final CountDownLatch died = new CountDownLatch(1);
    private final String name;
    private final State state;
    private final Updater updater;
    private final UpdateLoop updates;
    private final Rollouts rollouts;
    private final ConnectionLoop connections;
    private final List<Thread> threads = new ArrayList<>();
    private volatile @Nullable Step dieAt;

    /** A process that was killed: nothing of ours catches it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** What a test decides of it. */
    public record Setting(Path folder, String name, URI broker, ReleaseShop shop, List<String> groups, Clock clock) {
        public Setting(Path folder, String name, URI broker, ReleaseShop shop) {
            this(folder, name, broker, shop, List.of(), Clock.systemUTC());
        }
    }

    public static Gateway start(Setting setting) throws Exception {
        return start(setting, new HeldTrial(), null);
    }

    static Gateway start(Setting setting, HeldTrial trial, @Nullable Step dieAt) throws Exception {
        Gateway gateway = new Gateway(setting, trial);
        gateway.dieAt = dieAt;
        gateway.run("updates", gateway.updates);
        gateway.run("rollouts", gateway.rollouts);
        gateway.run("connection", gateway.connections);
        return gateway;
    }

    private Gateway(Setting setting, HeldTrial trial) throws Exception {
        this.trial = trial;
        this.name = setting.name();
        Path data = Files.createDirectories(setting.folder().resolve(name));
        Path installed = Files.createDirectories(data.resolve("updates"));
        this.state = State.open(data.resolve("state.db"), 16 << 20, Limits.of(100));
        CommandKeys keys = CommandKeys.open(installed, "");
        Fetcher fetcher = Fetcher.of(setting.shop().served().toUri(), FetchLimits.DEFAULT);
        byte[] root = Files.readAllBytes(setting.shop().root());
        FileStore store = new FileStore(installed, fetcher, Retry.DEFAULT, 0);
        this.updater = Updater.open(
                new StateFile(installed),
                new UpdateSettings("stable", Set.of("fraud"), "0.1.0", Instant.EPOCH, 5, ReleaseLimits.DEFAULT),
                new TufClient(installed.resolve("metadata"), root, fetcher, TufLimits.DEFAULT, Retry.DEFAULT),
                store,
                trial,
                setting.clock(),
                this::stepped,
                keys);
        this.updates = UpdateLoops.over(updater, store, fetcher);
        GatewayConfig gateway = new GatewayConfig("plant", name);
        RolloutsConfig config = new RolloutsConfig(true, setting.groups(), Duration.ZERO, 4);
        this.rollouts = new Rollouts(
                config,
                gateway,
                state,
                keys,
                updates,
                new Rollouts.Limits(config.most(), 16, 4_096, TICK, Duration.ofMillis(50)));
        this.connections = connections(gateway, Configs.uplink(setting.broker()));
    }

    private ConnectionLoop connections(GatewayConfig gateway, UplinkConfig uplink) {
        Clock clock = Clock.systemUTC();
        Topics topics = new Topics(gateway);
        Backoff backoff = new Backoff(uplink.retryFirst(), uplink.retryMost(), new Random(1));
        return new ConnectionLoop(
                new PahoLink(uplink, gateway, new BrokerCredentials(uplink, Map.of(), clock)),
                state,
                new Presence(topics, "epoch", () -> new Served("0.1.0", null, Map.of())),
                new Reporter(topics, this::report, Duration.ofMillis(20), _ -> Duration.ZERO, clock),
                topics,
                message -> rollouts.inbox().accept(message),
                new ConsoleGate(false),
                new CurrentConnection(),
                new Retries(
                        PahoLink.clientId(uplink, gateway),
                        new Retries.Contest(3, Duration.ofMinutes(1), Duration.ofHours(1)),
                        backoff,
                        backoff,
                        System::nanoTime),
                clock,
                new ConnectionLoop.Pace(uplink.willDelay(), uplink.ackTimeout(), TICK));
    }

    private Report report() {
        ReportParts none = ReportParts.NONE;
        ReportParts parts = new ReportParts(
                false,
                none.jobs(),
                none.link(),
                none.fetch(),
                none.certificates(),
                none.configuration(),
                rollouts.report(),
                none.drift(),
                none.provider(),
                none.troubles());
        return new Report(
                "0.1.0",
                null,
                trial.serving(),
                null,
                TrialReport.NONE,
                "serving",
                Map.of(),
                Map.of(),
                Map.of(),
                0,
                parts);
    }

    private void stepped(UpdateStatus status) {
        if (status.step() == dieAt && !status.order().isEmpty()) {
            throw new Killed();
        }
    }

    private void run(String what, Runnable loop) {
        Thread thread = Thread.ofPlatform().daemon().name(name + "-" + what).unstarted(loop);
        thread.setUncaughtExceptionHandler((_, e) -> {
            if (!(e instanceof Killed)) {
                throw new IllegalStateException(e);
            }
            died.countDown();
        });
        thread.start();
        threads.add(thread);
    }

    UpdateStatus status() {
        return updates.status();
    }

    /** The Set that runs, proved, or null. */
    public void awaitProved(String set) throws Exception {
        Until.holds(
                set + " runs on " + name + ", proved",
                () -> updates.status().active().filter(set::equals).isPresent()
                        && updates.status().proved()
                        && updates.status().step() == Step.IDLE);
    }

    /** It serves, proved or not. */
    public void awaitSwitchedTo(String set) throws Exception {
        Until.holds(set + " serves on " + name, () -> set.equals(trial.serving()));
    }

    void pollNow() {
        updates.pollNow();
    }

    void awaitDeath() throws Exception {
        if (!died.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError(name + " does not come by " + dieAt);
        }
    }

    @Override
    public void close() {
        rollouts.stop();
        connections.stop("stopped");
        threads.getFirst().interrupt();
        for (Thread thread : threads) {
            try {
                thread.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        state.close();
    }
}
