package dev.picket.agent.cli;

import dev.picket.agent.Natives;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.config.SourceConfig;
import dev.picket.agent.overlay.Stored;
import dev.picket.agent.status.Build;
import dev.picket.agent.tls.BrokerCredentials;
import dev.picket.agent.tls.CredentialException;
import dev.picket.agent.uplink.PahoLink;
import dev.picket.inference.engine.NativeLibrary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What can be found out before, or beside, a running agent; changes nothing. */
final class Checks {
    private static final int CONNECT_MILLIS = 3_000;
    private static final long FREE_BYTES_WANTED = 512L << 20;

    private final PicketConfig config;
    private final Stored sent;
    private final BrokerCredentials credentials;
    private final List<Finding> findings = new ArrayList<>();

    /**
     * @param config in force
     * @param sent what the console has sent of it
     */
    Checks(PicketConfig config, Stored sent) {
        this.config = config;
        this.sent = sent;
        this.credentials = new BrokerCredentials(config.uplink(), System.getenv(), Clock.systemUTC());
    }

    List<Finding> run() {
        telemetry();
        host();
        sent();
        providers();
        data();
        page();
        config.sources().forEach(this::source);
        if (config.sources().isEmpty()) {
            findings.add(Finding.warning("sources", "no source is configured, so nothing will be read; add one"));
        }
        broker();
        trust();
        return findings;
    }

    private void telemetry() {
        findings.add(
                "1".equals(System.getenv("ORT_DISABLE_TELEMETRY"))
                        ? Finding.ok("telemetry", "off")
                        : Finding.error("telemetry", "set ORT_DISABLE_TELEMETRY=1 before the process starts"));
    }

    private void host() {
        String clock = Build.clockTrouble(Instant.now());
        findings.add(
                clock.isEmpty()
                        ? Finding.ok("clock", "not before this agent was built")
                        : Finding.warning("clock", clock));
        String natives = Natives.trouble();
        findings.add(
                natives.isEmpty()
                        ? Finding.ok("native libraries", "can be loaded")
                        : Finding.error("native libraries", natives));
    }

    private void providers() {
        try {
            if (config.inference().nativeLibrary() != null) {
                NativeLibrary.check(config.inference().nativeLibrary());
                findings.add(Finding.ok(
                        "inference.native-library", config.inference().nativeLibrary() + " holds it"));
            }
        } catch (IllegalArgumentException e) {
            findings.add(Finding.error("inference.native-library", String.valueOf(e.getMessage())));
        }
        config.inference().providerLibraries().stream()
                .filter(each -> !Files.isReadable(each.path()))
                .forEach(each -> findings.add(Finding.warning(
                        "inference.provider-libraries",
                        each.path() + " of '" + each.name() + "' cannot be read, so the CPU will answer")));
    }

    private void sent() {
        String overlay = sent.inForce().toString();
        findings.add(
                switch (sent.phase()) {
                    case NONE -> Finding.ok("configure", "the console has sent nothing; the files alone are in force");
                    case KEPT -> Finding.ok("configure", "the console has sent " + overlay);
                    case PENDING ->
                        Finding.warning(
                                "configure", "the console has sent " + overlay + ", which is not confirmed yet");
                    case RETURNED ->
                        Finding.warning(
                                "configure",
                                "the last change that the console sent was taken back: " + sent.detail()
                                        + "; in force is " + overlay);
                    case SET_ASIDE -> Finding.warning("configure", sent.detail() + "; send it again");
                });
    }

    private void data() {
        Path directory = config.data().directory();
        Path nearest = directory.toAbsolutePath();
        while (nearest != null && !Files.exists(nearest)) {
            nearest = nearest.getParent();
        }
        if (nearest == null || !Files.isDirectory(nearest) || !Files.isWritable(nearest)) {
            findings.add(Finding.error("data.directory", nearest + " is no folder that this user can write to"));
            return;
        }
        try {
            long free = Files.getFileStore(nearest).getUsableSpace();
            findings.add(
                    free >= FREE_BYTES_WANTED
                            ? Finding.ok("data.directory", directory + ", " + (free >> 20) + " MiB free")
                            : Finding.warning("data.directory", "only " + (free >> 20) + " MiB free at " + nearest));
        } catch (IOException e) {
            findings.add(Finding.error("data.directory", "the disk cannot be asked: " + e.getMessage()));
        }
    }

    private void page() {
        String where = config.http().host() + ":" + config.http().port();
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(
                    new InetSocketAddress(config.http().host(), config.http().port()));
            findings.add(Finding.ok("http", where + " is free"));
        } catch (IOException e) {
            boolean agent = Files.exists(config.data().runtime().resolve("address"));
            findings.add(
                    agent
                            ? Finding.ok("http", where + " is in use, and an agent seems to run here")
                            : Finding.error(
                                    "http",
                                    where + " cannot be listened on: " + e.getMessage()
                                            + "; free it, or set http.port"));
        }
        if (!loopback(config.http().host())) {
            findings.add(Finding.warning("http.host", config.http().host() + " can be reached from other machines"));
        }
    }

    private static boolean loopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (IOException e) {
            return false;
        }
    }

    private void source(SourceConfig source) {
        String about = "sources." + source.name();
        Path path = source.path();
        if (path == null) {
            findings.add(Finding.ok(
                    about,
                    source.kind() == SourceConfig.Kind.HTTP
                            ? "takes what is posted to /api/sources/" + source.name() + "/readings"
                            : "reads standard input"));
        } else if (!Files.exists(path)) {
            findings.add(Finding.warning(about, path + " is not there yet; the agent waits for it"));
        } else if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            findings.add(Finding.warning(about, path + " cannot be read by this user"));
        } else {
            findings.add(Finding.ok(about, path + " can be read"));
        }
    }

    private void broker() {
        URI broker = config.uplink().broker();
        if (broker == null) {
            findings.add(Finding.warning("uplink.broker", "none is set; verdicts stay in the journal"));
            return;
        }
        credentials();
        try (Socket socket = new Socket()) {
            URI server = URI.create(PahoLink.serverUri(broker));
            socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), CONNECT_MILLIS);
            findings.add(Finding.ok("uplink.broker", broker + " answers"));
            handshake(server);
        } catch (IllegalArgumentException e) {
            findings.add(Finding.error("uplink.broker", String.valueOf(e.getMessage())));
        } catch (IOException e) {
            findings.add(Finding.warning("uplink.broker", broker + " does not answer: " + e.getMessage()));
        }
    }

    private void credentials() {
        try {
            credentials.password();
        } catch (CredentialException e) {
            findings.add(Finding.error("uplink.password-file", e.getMessage()));
        }
        credentials.secretInClear().ifPresent(sentence -> findings.add(Finding.warning("uplink.broker", sentence)));
    }

    /** As far as it can be tried without a word of MQTT. */
    private void handshake(URI server) {
        if (!"ssl".equals(server.getScheme())) {
            return;
        }
        try {
            findings.add(Finding.ok("uplink.tls", "a handshake was made with " + credentials.handshake()));
        } catch (CredentialException e) {
            findings.add(Finding.error("uplink.tls", e.getMessage()));
            return;
        } catch (IOException e) {
            findings.add(Finding.error(
                    "uplink.tls", credentials.explain(e).orElseGet(() -> "no handshake was made: " + e.getMessage())));
        }
        List<String> troubles = credentials.troubles();
        troubles.forEach(trouble -> findings.add(Finding.warning("uplink.tls", trouble)));
        if (troubles.isEmpty()) {
            credentials.certificates().stream()
                    .findFirst()
                    .ifPresent(first -> findings.add(Finding.ok(
                            "uplink.tls",
                            "the first certificate to end is %s, on %s".formatted(first.subject(), first.notAfter()))));
        }
    }

    private void trust() {
        Path root = config.updates().root();
        findings.add(
                Files.isReadable(root)
                        ? Finding.ok("updates.root", root + " is there")
                        : Finding.warning(
                                "updates.root",
                                root + " is not there, so updates and signed verbs are off; copy the publisher's"
                                        + " 1.root.json to it"));
    }
}
