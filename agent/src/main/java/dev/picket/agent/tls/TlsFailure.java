package dev.picket.agent.tls;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * What a failed handshake means for whoever looks after the gateway. The platform says it in alerts (RFC 8446, section 6.2)
 * and in messages of its certificate checks; a broker that wants a certificate and gets none ends TLS 1.3 only after the
 * handshake, so that it looks like a lost connection with the reason in its causes.
 */
final class TlsFailure {
    private static final int MAX_CAUSES = 20;

    private TlsFailure() {}

    /**
     * One sentence, empty when {@code thrown} is no failure of TLS.
     *
     * @param host as {@code uplink.broker} says it
     * @param showsIdentity whether a certificate of our own was shown
     * @param authority whom we trust, in words
     */
    static Optional<String> sentence(Throwable thrown, String host, boolean showsIdentity, String authority) {
        boolean tls = false;
        Throwable next = thrown;
        for (int i = 0; next != null && i < MAX_CAUSES; i++) {
            Throwable each = next;
            Optional<String> known = ofCertificate(each, authority).or(() -> ofMessage(each, host, showsIdentity));
            if (known.isPresent()) {
                return known;
            }
            tls |= each instanceof SSLException;
            next = each.getCause();
        }
        if (!showsIdentity && cut(thrown)) {
            return Optional.of(
                    "the broker ended the connection without a word; if it asks for a client certificate, set"
                            + " uplink.tls.certificate and uplink.tls.key");
        }
        return tls ? Optional.of("TLS failed: " + deepestMessage(thrown)) : Optional.empty();
    }

    /** Whether the broker ended what it had begun; a refusal may have been under way and lost. */
    static boolean cut(Throwable thrown) {
        Throwable next = thrown;
        for (int i = 0; next != null && i < MAX_CAUSES; i++) {
            boolean neverBegun = next instanceof ConnectException || next instanceof NoRouteToHostException;
            if ((next instanceof SocketException && !neverBegun) || next instanceof EOFException) {
                return true;
            }
            next = next.getCause();
        }
        return false;
    }

    private static Optional<String> ofCertificate(Throwable thrown, String authority) {
        return switch (thrown) {
            case CertificateExpiredException _ ->
                Optional.of(
                        "the broker's certificate is over (%s); renew it at the broker, or set this gateway's clock right"
                                .formatted(thrown.getMessage()));
            case CertificateNotYetValidException _ ->
                Optional.of("the broker's certificate is not valid yet (%s); set this gateway's clock right"
                        .formatted(thrown.getMessage()));
            case CertPathBuilderException _ ->
                Optional.of(
                        "the broker's certificate was not issued by %s; set uplink.tls.ca to the authority that issued it"
                                .formatted(authority));
            default -> Optional.empty();
        };
    }

    private static Optional<String> ofMessage(Throwable thrown, String host, boolean showsIdentity) {
        String message = String.valueOf(thrown.getMessage());
        if (message.startsWith("No subject alternative") || message.startsWith("No name matching")) {
            return Optional.of(
                    "the broker's certificate is for another host than '%s' (%s); write the certificate's name in"
                                    .formatted(host, message)
                            + " uplink.broker, or have one issued for this name");
        }
        if (message.startsWith("Unsupported or unrecognized SSL message")) {
            return Optional.of("the broker does not speak TLS on this port; name its TLS port, or write mqtt://");
        }
        int alert = message.indexOf("fatal alert: ");
        return alert < 0
                ? Optional.empty()
                : ofAlert(message.substring(alert + "fatal alert: ".length()), showsIdentity);
    }

    private static Optional<String> ofAlert(String alert, boolean showsIdentity) {
        return switch (alert) {
            case "certificate_required" -> Optional.of(asksForCertificate());
            case "bad_certificate", "handshake_failure" ->
                Optional.of(showsIdentity ? refused(alert) : asksForCertificate());
            case "certificate_expired" -> Optional.of("the broker says that our certificate is over; renew it");
            case "certificate_revoked" -> Optional.of("the broker says that our certificate is revoked; get a new one");
            case "unknown_ca" ->
                Optional.of(
                        "the broker does not know the authority that issued our certificate; use one of its authority");
            case "certificate_unknown", "unsupported_certificate", "access_denied", "decrypt_error" ->
                Optional.of(refused(alert));
            case "protocol_version" ->
                Optional.of("the broker speaks neither TLS 1.3 nor TLS 1.2, and nothing older is used; update it");
            default -> Optional.of("the broker ended the handshake with the alert " + alert);
        };
    }

    private static String asksForCertificate() {
        return "the broker asks for a client certificate; set uplink.tls.certificate and uplink.tls.key (or key-store)";
    }

    private static String refused(String alert) {
        return "the broker refuses our certificate (%s); use one of the authority that it knows".formatted(alert);
    }

    private static String deepestMessage(Throwable thrown) {
        Throwable deepest = thrown;
        for (int i = 0; deepest.getCause() != null && i < MAX_CAUSES; i++) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }
}
