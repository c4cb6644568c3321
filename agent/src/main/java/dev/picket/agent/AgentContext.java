package dev.picket.agent;

import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.http.Restarts;
import dev.picket.agent.http.Token;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.state.StateUnavailableException;
import dev.picket.agent.status.Build;
import dev.picket.agent.update.FirstSet;
import dev.picket.agent.update.FolderInstalls;
import dev.picket.agent.update.Rollbacks;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.update.UpdateStatus;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running agent: its flows, and its page. */
public final class AgentContext implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentContext.class);
    private static final int TOKEN_BYTES = 32;
    /** Shorter than the command line waits for an answer. */
    private static final Duration ROLLBACK_WITHIN = Duration.ofSeconds(8);

    /** What an answer has to reach somebody on this machine before the page is gone. */
    private static final Duration ANSWER_LEAVES = Duration.ofMillis(200);

    private final PicketConfig config;
    private final Agent agent;
    private final String host;
    private @Nullable DataLock lock;
    private final List<Path> announced = new ArrayList<>();
    private @Nullable ApplicationContext http;
    private URI page = URI.create("about:blank");

    private AgentContext(PicketConfig config, Agent agent) {
        this.config = config;
        this.agent = agent;
        this.host = Loopback.of(config.http().host());
    }

    /** An agent that runs, with nobody told of its updates. */
    public static AgentContext start(PicketConfig config) throws StartFailedException {
        return start(config, _ -> {});
    }

    /**
     * An agent that runs, on its data directory alone.
     *
     * @param onUpdate told after each step of an update
     * @throws StartFailedException with one sentence that says why it does not
     */
    public static AgentContext start(PicketConfig config, Consumer<UpdateStatus> onUpdate) throws StartFailedException {
        DataLock lock = DataLock.take(config.data().directory());
        @Nullable AgentContext started = null;
        try {
            started = start(config, onUpdate, Host.none(config));
            started.lock = lock;
            return started;
        } finally {
            if (started == null) {
                lock.close();
            }
        }
    }

    /** The same under a lock that the caller holds. */
    static AgentContext start(PicketConfig config, Consumer<UpdateStatus> onUpdate, Host host)
            throws StartFailedException {
        if (!"1".equals(System.getenv("ORT_DISABLE_TELEMETRY"))) {
            throw new StartFailedException(
                    StartFailedException.Family.CONFIGURATION,
                    "ONNX Runtime reports to its maker unless ORT_DISABLE_TELEMETRY=1 is set before the process starts;"
                            + " set it");
        }
        String natives = Natives.trouble();
        if (!natives.isEmpty()) {
            throw new StartFailedException(StartFailedException.Family.UNAVAILABLE, natives);
        }
        String clock = Build.clockTrouble(Instant.now());
        if (!clock.isEmpty()) {
            LOG.warn(clock);
        }
        AgentContext context;
        try {
            context = new AgentContext(config, open(config, onUpdate, host));
        } catch (JournalUnavailableException
                | StateUnavailableException
                | NewerSchemaException
                | UnavailableException
                | IOException e) {
            LOG.debug("The start failed", e);
            throw new StartFailedException(
                    StartFailedException.Family.UNAVAILABLE,
                    Reserve.fullDisk(config.data().directory()).orElseGet(() -> String.valueOf(e.getMessage())));
        } catch (IllegalArgumentException e) {
            throw new StartFailedException(StartFailedException.Family.CONFIGURATION, String.valueOf(e.getMessage()));
        }
        try {
            context.serve();
        } catch (StartFailedException | RuntimeException e) {
            context.close();
            throw e;
        }
        return context;
    }

    /** Again with the room that was set aside, where the files cannot be opened without. */
    private static Agent open(PicketConfig config, Consumer<UpdateStatus> onUpdate, Host host)
            throws JournalUnavailableException, StateUnavailableException, NewerSchemaException, UnavailableException,
                    IOException {
        Reserve reserve = new Reserve(config.data().directory());
        boolean released = false;
        while (true) {
            try {
                Agent agent = Agent.open(config, digest(config), Clock.systemUTC(), onUpdate, host);
                if (!released) {
                    reserve.keep();
                }
                return agent;
            } catch (JournalUnavailableException | StateUnavailableException | UnavailableException | IOException e) {
                released = reserve.release();
                if (!released) {
                    throw e;
                }
                LOG.error(
                        "The disk under {} is full or faulty; room that was set aside there was given up to start: {}",
                        config.data().directory(),
                        e.getMessage());
            }
        }
    }

    public Agent agent() {
        return agent;
    }

    /** The page's address. */
    public URI page() {
        return page;
    }

    @Override
    public void close() {
        if (http != null) {
            http.close();
        }
        agent.close();
        new Reserve(config.data().directory()).keep();
        try {
            for (Path each : announced) {
                AtomicFiles.remove(each);
            }
        } catch (IOException e) {
            LOG.warn("The runtime directory could not be tidied: {}", e.getMessage());
        }
        if (lock != null) {
            lock.close();
        }
    }

    /** The page first, since a port in use stops the start; then the flows. */
    private void serve() throws StartFailedException {
        Token token = new Token(HexFormat.of().formatHex(random()));
        FolderInstalls installs = new FolderInstalls(agent.updates());
        http = ApplicationContext.builder()
                .properties(properties())
                .banner(false)
                .deduceEnvironment(false)
                .singletons(
                        installs,
                        new Rollbacks(agent.updates(), ROLLBACK_WITHIN),
                        config.http(),
                        token,
                        agent.host().overlays(),
                        new Restarts(agent.host().restart(), ANSWER_LEAVES),
                        agent.status(),
                        agent.lastCheck(),
                        agent.journal(),
                        agent.live(),
                        agent.inboxes(),
                        agent.serving(),
                        agent.drift(),
                        agent.bundle())
                .start();
        String where = host + ":" + config.http().port();
        EmbeddedServer server = http.getBean(EmbeddedServer.class);
        try {
            server.start();
        } catch (RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StartFailedException(
                    StartFailedException.Family.UNAVAILABLE,
                    "the page cannot listen on " + where + ": " + cause.getMessage() + "; free it, or set http.port");
        }
        page = URI.create("http://" + authority(host, server.getPort()) + "/");
        try {
            Path runtime = config.data().runtime();
            AtomicFiles.createClosedFolder(runtime);
            // Noted first: what another agent announced there stays when this one does not get as far.
            announced.addAll(List.of(runtime.resolve("token"), runtime.resolve("address")));
            AtomicFiles.write(runtime.resolve("token"), AtomicFiles.Access.GROUP, bytes(token.value()));
            AtomicFiles.write(runtime.resolve("address"), bytes(page.toString()));
        } catch (IOException e) {
            throw new StartFailedException(
                    StartFailedException.Family.UNAVAILABLE,
                    "the runtime directory " + config.data().runtime() + " cannot be used: " + DiskFault.reason(e)
                            + "; set data.runtime to one that this user can write to");
        }
        FirstSet.order(agent.updates().status(), installs, config.updates().seed());
        agent.start();
        LOG.info("Ready; the page is at {}", page);
    }

    private Map<String, Object> properties() {
        return Map.ofEntries(
                Map.entry("micronaut.application.name", "picket"),
                Map.entry("micronaut.server.host", host),
                Map.entry(
                        "micronaut.server.port",
                        config.http().port() == 0 ? -1 : config.http().port()),
                Map.entry("micronaut.server.max-request-size", "64KB"),
                Map.entry("micronaut.server.idle-timeout", "60s"),
                Map.entry("micronaut.router.static-resources.page.paths", "classpath:page"),
                Map.entry("micronaut.router.static-resources.page.mapping", "/**"),
                Map.entry("micronaut.metrics.export.prometheus.enabled", true),
                Map.entry("endpoints.all.enabled", false),
                Map.entry("endpoints.health.enabled", true),
                Map.entry("micronaut.health.monitor.enabled", false),
                Map.entry("endpoints.health.sensitive", false),
                Map.entry("endpoints.health.details-visible", "ANONYMOUS"),
                Map.entry("endpoints.prometheus.enabled", true),
                Map.entry("endpoints.prometheus.sensitive", false),
                Map.entry("jackson.serialization.writeDatesAsTimestamps", false),
                // What is left out would reach the command line as null where an empty list was meant.
                Map.entry("jackson.serialization-inclusion", "ALWAYS"),
                Map.entry("netty.default.allocator.max-order", 3));
    }

    private static String authority(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private static byte[] random() {
        byte[] bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static String digest(PicketConfig config) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(config.toString())));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
