package dev.picket.ota.fetch;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A repository behind a plain web server. Uses {@code HttpURLConnection} because {@code HttpClient} knows no timeout
 * between the bytes of a body, and a server that hangs half-way would hang the update.
 *
 * <p>A download goes on with {@code Range}. There is no {@code If-Range}: a file's address is its SHA-256, so what lies
 * there never changes, and an ETag of one mirror says nothing at another.
 */
final class HttpFetcher implements Fetcher {
    private static final int PARTIAL_CONTENT = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final URI repository;
    private final FetchLimits limits;
    private final Allowance allowance;

    HttpFetcher(URI repository, FetchLimits limits, Allowance allowance) {
        String text = repository.toString();
        this.repository = text.endsWith("/") ? repository : URI.create(text + "/");
        this.limits = limits;
        this.allowance = allowance;
    }

    @Override
    public String place() {
        return repository.getRawAuthority();
    }

    @Override
    public void fetch(String path, long from, long maxBytes, Body body)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        allowance.check(path);
        long deadline = System.nanoTime() + limits.whole().toNanos();
        try {
            if (!copied(path, from, from, maxBytes, body, deadline)) {
                // It answered with another part than the one that was asked for: the whole file, then.
                copied(path, 0, from, maxBytes, body, deadline);
            }
        } catch (UnavailableException e) {
            // On a virtual thread an interrupt closes the connection: no fault of the server's.
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw e;
        } finally {
            allowance.done();
        }
    }

    /** False where the server's part begins elsewhere than at the byte that was asked for. */
    private boolean copied(String path, long asked, long from, long maxBytes, Body body, long deadline)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        HttpURLConnection connection = answered(path, asked);
        try {
            int status = connection.getResponseCode();
            if (status == RANGE_NOT_SATISFIABLE) {
                throw new UnavailableException(
                        path + " at " + place() + " is shorter than the " + asked + " bytes that are here already.");
            }
            Statuses.check(path, connection);
            if (status == PARTIAL_CONTENT && !beginsAt(connection, asked)) {
                if (asked == 0) {
                    throw new UnavailableException(place() + " sent a part of " + path + " that nobody asked for.");
                }
                return false;
            }
            long start = status == PARTIAL_CONTENT ? asked : 0;
            long length = connection.getContentLengthLong();
            if (length > maxBytes - start) {
                throw Fetcher.tooLarge(path, maxBytes);
            }
            try (InputStream in = connection.getInputStream()) {
                long end = copy(path, in, start, from, maxBytes, body, deadline);
                checkWhole(path, connection, start, end, body.isOfKnownLength() && end < maxBytes);
            }
            return true;
        } finally {
            connection.disconnect();
        }
    }

    /** An end that comes too early is a broken connection; without a length or chunks nobody can tell. */
    private void checkWhole(String path, HttpURLConnection connection, long start, long end, boolean isShort)
            throws UnavailableException {
        long length = connection.getContentLengthLong();
        boolean unsure = length < 0 && connection.getHeaderField("Transfer-Encoding") == null;
        if (length >= 0 ? end - start < length : unsure && isShort) {
            throw new UnavailableException(
                    "The connection to " + place() + " broke off at byte " + end + " of " + path + ".");
        }
    }

    /** A connection that has answered with something else than a redirect. */
    private HttpURLConnection answered(String path, long from) throws RejectedException, UnavailableException {
        URI at = repository.resolve(path);
        for (int hop = 0; hop <= limits.redirects(); hop++) {
            HttpURLConnection connection = connect(at, from);
            String location = redirect(path, connection);
            if (location == null) {
                return connection;
            }
            connection.disconnect();
            URI next = resolved(path, at, location);
            if (!sameHost(at, next)) {
                throw Fetcher.missing(path, "the server redirects to another host, " + next.getHost());
            }
            at = next;
        }
        throw Fetcher.missing(path, "the server redirects more than " + limits.redirects() + " times");
    }

    private static URI resolved(String path, URI at, String location) throws RejectedException {
        try {
            return at.resolve(location);
        } catch (IllegalArgumentException _) {
            throw Fetcher.missing(path, "the server redirects to what is no address");
        }
    }

    private HttpURLConnection connect(URI at, long from) throws UnavailableException {
        try {
            HttpURLConnection connection = (HttpURLConnection) at.toURL().openConnection();
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout((int) limits.connect().toMillis());
            connection.setReadTimeout((int) limits.read().toMillis());
            connection.setUseCaches(false);
            connection.setRequestProperty("Accept-Encoding", "identity");
            if (from > 0) {
                connection.setRequestProperty("Range", "bytes=" + from + "-");
            }
            return connection;
        } catch (IOException e) {
            throw new UnavailableException("Could not reach " + at + ": " + e.getMessage() + ".", e);
        }
    }

    private @Nullable String redirect(String path, HttpURLConnection connection) throws UnavailableException {
        int status = status(path, connection);
        return status >= 300 && status < 400 ? connection.getHeaderField("Location") : null;
    }

    private int status(String path, HttpURLConnection connection) throws UnavailableException {
        AnswerGuard guard = AnswerGuard.over(connection, limits.connect().plus(limits.answer()));
        try (guard) {
            int status = connection.getResponseCode();
            if (!guard.isLate()) {
                return status;
            }
        } catch (IOException e) {
            if (!guard.isLate()) {
                throw new UnavailableException(
                        "Could not fetch " + path + " from " + place() + ": " + e.getMessage() + ".", e);
            }
        } catch (RuntimeException e) {
            // One that is closed while its head is read fails as it happens to.
            if (!guard.isLate()) {
                throw e;
            }
        }
        throw new UnavailableException("Could not fetch " + path + " from " + place() + ": no whole answer within "
                + limits.answer().toSeconds() + " s.");
    }

    private static boolean beginsAt(HttpURLConnection connection, long from) {
        String range = connection.getHeaderField("Content-Range");
        return range != null && range.toLowerCase(Locale.ROOT).startsWith("bytes " + from + "-");
    }

    private static boolean sameHost(URI a, URI b) {
        return Objects.equals(a.getScheme(), b.getScheme())
                && Objects.equals(a.getHost(), b.getHost())
                && a.getPort() == b.getPort();
    }

    /**
     * Hands on what comes from the byte that was wanted on; a server that begins before it is read past. Bytes over the
     * air are the same either way, and what is here already stays if this connection breaks, too.
     */
    private long copy(String path, InputStream in, long start, long from, long maxBytes, Body body, long deadline)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        body.begin(from);
        Speed speed = new Speed(limits);
        byte[] buffer = new byte[allowance.atOnce()];
        long at = start;
        while (true) {
            int most = (int) Math.min(buffer.length, at < from ? from - at : buffer.length);
            long asked = System.nanoTime();
            int n = read(path, in, buffer, most);
            if (n < 0) {
                return at;
            }
            boolean tooSlow = speed.isTooSlowAfter(n, System.nanoTime() - asked);
            at += n;
            if (at > maxBytes) {
                throw Fetcher.tooLarge(path, maxBytes);
            }
            if (at > from) {
                body.take(buffer, n);
            }
            allowance.took(path, n);
            goOn(path, at, tooSlow, deadline);
        }
    }

    private void goOn(String path, long at, boolean tooSlow, long deadline)
            throws UnavailableException, InterruptedException {
        if (tooSlow) {
            throw new UnavailableException(path + " came slower from " + place() + " than the "
                    + limits.minBytesPerSecond() + " bytes a second it must, and stopped at byte " + at + ".");
        }
        if (System.nanoTime() - deadline > 0) {
            throw new UnavailableException(path + " took too long, and stopped at byte " + at + ".");
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private static int read(String path, InputStream in, byte[] buffer, int most) throws UnavailableException {
        try {
            return in.read(buffer, 0, most);
        } catch (IOException e) {
            throw new UnavailableException("Could not read on in " + path + ": " + e.getMessage() + ".", e);
        }
    }
}
