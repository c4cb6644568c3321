package dev.picket.agent.tls;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A certificate that the uplink shows or trusts, and when it is over.
 *
 * @param role {@code client} or {@code authority}
 * @param where the configuration key that names it
 */
public record CertificateEnd(String role, String subject, Instant notAfter, String where) {
    /** How a certificate stands. */
    public enum Standing {
        GOOD,
        ENDING,
        OVER
    }

    static CertificateEnd of(String role, X509Certificate certificate, String where) {
        return new CertificateEnd(
                role,
                certificate.getSubjectX500Principal().getName(),
                certificate.getNotAfter().toInstant(),
                where);
    }

    public Standing standing(Instant now, Duration warnBefore) {
        if (now.isAfter(notAfter)) {
            return Standing.OVER;
        }
        return now.isAfter(notAfter.minus(warnBefore)) ? Standing.ENDING : Standing.GOOD;
    }

    /** What there is to do, one sentence. */
    public String sentence(Instant now) {
        String which = "The %s certificate %s".formatted(role, subject);
        if (now.isAfter(notAfter)) {
            return "%s is over since %s; renew %s, or set the clock right".formatted(which, notAfter, where);
        }
        long days = ChronoUnit.DAYS.between(now, notAfter);
        return "%s ends in %d days, on %s; renew %s".formatted(which, days, notAfter, where);
    }
}
