package dev.picket.ota.fetch;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a web server's status means: files, later, or never. A 4xx gives up at once, but for 408, 425 and 429; a
 * {@code Retry-After} (RFC 9110, 10.2.3) is kept to within limits.
 */
final class Statuses {
    private static final int PARTIAL_CONTENT = 206;
    private static final int TOO_EARLY = 425;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private Statuses() {}

    static void check(String path, HttpURLConnection connection)
            throws RejectedException, UnavailableException, IOException {
        int status = connection.getResponseCode();
        switch (status) {
            case HttpURLConnection.HTTP_OK, PARTIAL_CONTENT -> {}
            case HttpURLConnection.HTTP_CLIENT_TIMEOUT, TOO_EARLY, TOO_MANY_REQUESTS -> throw later(path, connection);
            default -> {
                if (status >= 300 && status < 500) {
                    throw Fetcher.missing(path, "the server answered " + status);
                }
                throw later(path, connection);
            }
        }
    }

    private static UnavailableException later(String path, HttpURLConnection connection) throws IOException {
        String sentence = "Could not fetch " + path + ": the server answered " + connection.getResponseCode() + ".";
        return retryAfter(connection.getHeaderField("Retry-After"), connection.getHeaderField("Date"))
                .<UnavailableException>map(each -> new NotYetException(sentence, each, false))
                .orElseGet(() -> new UnavailableException(sentence));
    }

    /** Seconds, or a date held against the server's own: this gateway's clock may be wrong. At most an hour. */
    static Optional<Duration> retryAfter(@Nullable String value, @Nullable String date) {
        if (value == null) {
            return Optional.empty();
        }
        if (value.matches("\\d{1,9}")) {
            return Optional.of(bounded(Duration.ofSeconds(Long.parseLong(value))));
        }
        return date(value).flatMap(until -> date(date).map(now -> bounded(Duration.between(now, until))));
    }

    private static Optional<Instant> date(@Nullable String value) {
        try {
            return value == null
                    ? Optional.empty()
                    : Optional.of(ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    private static Duration bounded(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }
}
