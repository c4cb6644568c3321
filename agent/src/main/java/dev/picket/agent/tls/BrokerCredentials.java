package dev.picket.agent.tls;

import dev.picket.agent.config.SecretFile;
import dev.picket.agent.config.TlsConfig;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.tls.CertificateEnd.Standing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the uplink proves itself with, as it lies on disk now.
 *
 * <pre>
 *   files --look--> whole and other than before? --handshake with the broker--> taken: the next connection uses it
 *                   not whole, or the broker refuses it: told once, the old goes on, looked at again
 * </pre>
 *
 * Nothing is written, so a crash loses nothing: the next start reads the files.
 */
public final class BrokerCredentials {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerCredentials.class);
    private static final Duration SILENCE = Duration.ofMillis(500);

    private static final String OLD_GOES_ON = "; the old one goes on";

    private final UplinkConfig config;
    private final Map<String, String> environment;
    private final Clock clock;
    private final Map<CertificateEnd, Standing> told = new HashMap<>();
    private Instant lookedAt = Instant.MIN;

    private volatile @Nullable TlsMaterial used;
    private volatile String fault = "";
    private volatile String refusal = "";

    /**
     * @param environment the process's, for {@code $CREDENTIALS_DIRECTORY}
     */
    public BrokerCredentials(UplinkConfig config, Map<String, String> environment, Clock clock) {
        this.config = config;
        this.environment = environment;
        this.clock = clock;
    }

    /** The password as it is now; null: none is configured. */
    public @Nullable String password() throws CredentialException {
        SecretFile file = config.passwordFile();
        return file == null ? null : FileBytes.secret("uplink.password-file", file, environment);
    }

    /**
     * Says once, at the start, what anybody on the way to the broker could read.
     *
     * @return the sentence, empty when there is nothing to say
     */
    public Optional<String> secretInClear() {
        URI broker = config.broker();
        if (broker == null || config.passwordFile() == null) {
            return Optional.empty();
        }
        return !tls(broker) && !loopback(broker.getHost())
                ? Optional.of(
                        "The broker's password goes to %s in clear, and anybody on the way can read it; use mqtts://"
                                .formatted(broker.getHost()))
                : Optional.empty();
    }

    /** Sockets for the next connection, made of the newest that is whole. Called, as {@link #renewed}, by who connects. */
    public SSLSocketFactory sockets() throws CredentialException {
        TlsMaterial before = used;
        TlsMaterial now;
        lookedAt = clock.instant();
        try {
            now = read();
            if (before != null && !now.sameAs(before)) {
                now.requireCurrent(lookedAt);
            }
            settled("");
        } catch (CredentialException e) {
            if (before == null) {
                fault = e.getMessage();
                throw e;
            }
            settled(e.getMessage() + OLD_GOES_ON);
            now = before;
        }
        used = now;
        tellEnds();
        return now.sockets();
    }

    private boolean due(Instant now) {
        return now.isBefore(lookedAt)
                || !now.isBefore(lookedAt.plus(config.tls().lookEvery()));
    }

    /**
     * Whether a new connection would show or trust something else than the one that is up, and the broker takes it. Looks at
     * most each {@code uplink.tls.look-every}, and may take as long as a handshake.
     */
    public boolean renewed() {
        Instant now = clock.instant();
        TlsMaterial before = used;
        if (before == null || !due(now)) {
            return false;
        }
        lookedAt = now;
        tellEnds();
        try {
            TlsMaterial found = read();
            if (found.sameAs(before)) {
                settled("");
                return false;
            }
            found.requireCurrent(now);
            tryOut(found);
            settled("");
            return true;
        } catch (CredentialException e) {
            settled(e.getMessage() + OLD_GOES_ON);
            return false;
        } catch (IOException e) {
            LOG.debug("A renewed certificate waits, because the broker cannot be asked: {}", e.getMessage());
            return false;
        }
    }

    /** What is shown and trusted, the first to end first; of the system's authorities nothing is said. */
    public List<CertificateEnd> certificates() {
        TlsMaterial now = used;
        return now == null ? List.of() : now.ends();
    }

    /** What somebody should look after. */
    public List<String> troubles() {
        Instant now = clock.instant();
        List<String> troubles = new ArrayList<>();
        Stream.of(fault, refusal).filter(each -> !each.isEmpty()).forEach(troubles::add);
        for (CertificateEnd each : certificates()) {
            if (each.standing(now, config.tls().warnBefore()) != Standing.GOOD) {
                troubles.add(each.sentence(now));
            }
        }
        return troubles;
    }

    /**
     * What a failed connection means, one sentence; empty when TLS had no part in it. Where the broker hung up while we were
     * writing, its reason was lost, so a handshake that only listens asks for it again.
     */
    public Optional<String> explain(Throwable thrown) {
        Optional<String> sentence = explained(thrown);
        sentence.ifPresent(each -> refusal = "There is no TLS with the broker: " + each);
        return sentence;
    }

    /** The broker took what was shown. */
    public void accepted() {
        refusal = "";
    }

    private Optional<String> explained(Throwable thrown) {
        URI broker = config.broker();
        TlsMaterial shown = used;
        if (broker == null || shown == null || !tls(broker)) {
            return Optional.empty();
        }
        if (TlsFailure.cut(thrown)) {
            try {
                handshake(shown);
                return Optional.empty();
            } catch (CredentialException e) {
                return Optional.of(e.getMessage());
            } catch (IOException e) {
                return sentence(e, broker);
            }
        }
        return sentence(thrown, broker);
    }

    private Optional<String> sentence(Throwable thrown, URI broker) {
        return TlsFailure.sentence(
                thrown,
                String.valueOf(broker.getHost()),
                config.tls().hasIdentity(),
                config.tls().ca() == null
                        ? "an authority that the Java runtime knows"
                        : "an authority in " + config.tls().ca());
    }

    /**
     * Makes a connection that says nothing.
     *
     * @return the version of TLS agreed on
     * @throws IOException when the broker is not there, or ends the connection
     */
    public String handshake() throws CredentialException, IOException {
        TlsMaterial material = read();
        used = material;
        return handshake(material);
    }

    private String handshake(TlsMaterial material) throws CredentialException, IOException {
        URI broker = config.broker();
        if (broker == null || broker.getHost() == null) {
            throw new IOException("no broker is set");
        }
        int port = broker.getPort() >= 0 ? broker.getPort() : 8883;
        return Handshake.with(material.sockets(), broker.getHost(), port, config.connectTimeout(), SILENCE);
    }

    private void tryOut(TlsMaterial material) throws CredentialException, IOException {
        try {
            handshake(material);
        } catch (IOException e) {
            Optional<String> refused = config.broker() == null ? Optional.empty() : sentence(e, config.broker());
            if (refused.isPresent()) {
                throw new CredentialException("What is new in uplink.tls was tried: " + refused.get(), e);
            }
            throw e;
        }
    }

    private TlsMaterial read() throws CredentialException {
        TlsConfig tls = config.tls();
        return TlsMaterial.of(tls, TlsFiles.read(tls, environment));
    }

    private void settled(String now) {
        if (!now.isEmpty() && !now.equals(fault)) {
            // No error yet: while two files are replaced one after the other, this is what is seen in between.
            LOG.warn("{}", now);
        } else if (now.isEmpty() && !fault.isEmpty()) {
            LOG.info("The uplink's certificates are in order again");
        }
        fault = now;
    }

    private void tellEnds() {
        Instant now = clock.instant();
        for (CertificateEnd each : certificates()) {
            Standing standing = each.standing(now, config.tls().warnBefore());
            if (told.put(each, standing) != standing) {
                switch (standing) {
                    case GOOD -> LOG.debug("{} lasts until {}", each.subject(), each.notAfter());
                    case ENDING -> LOG.warn("{}", each.sentence(now));
                    case OVER -> LOG.error("{}", each.sentence(now));
                }
            }
        }
        told.keySet().retainAll(certificates());
    }

    static boolean tls(URI broker) {
        String scheme = String.valueOf(broker.getScheme()).toLowerCase(Locale.ROOT);
        return scheme.equals("mqtts") || scheme.equals("ssl");
    }

    /** Of names only localhost, so that no name is looked up for it. */
    private static boolean loopback(@Nullable String host) {
        if (host == null || host.equals("localhost") || host.endsWith(".localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
