package dev.picket.ota.fetch;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A repository behind a plain web server. Uses {@code HttpURLConnection} because {@code HttpClient} knows no timeout
 * between the bytes of a body, and a server that hangs half-way would hang the update.
 */
final class HttpFetcher implements Fetcher {
    private static final int BUFFER = 1 << 16;
    private static final int PARTIAL_CONTENT = 206;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final URI repository;
    private final FetchLimits limits;

    HttpFetcher(URI repository, FetchLimits limits) {
        String text = repository.toString();
        this.repository = text.endsWith("/") ? repository : URI.create(text + "/");
        this.limits = limits;
    }

    @Override
    public void fetch(String path, long from, long maxBytes, Body body)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        long deadline = System.nanoTime() + limits.whole().toNanos();
        HttpURLConnection connection = open(path, from);
        try {
            int status = status(path, connection);
            if (status == RANGE_NOT_SATISFIABLE) {
                // What lies here is at least as long as what the server has: begin again.
                body.begin(0);
                throw new UnavailableException(path + " does not continue at byte " + from + ".");
            }
            check(path, status);
            if (connection.getContentLengthLong() > maxBytes) {
                throw Fetcher.tooLarge(path, maxBytes);
            }
            long start = status == PARTIAL_CONTENT && beginsAt(connection, from) ? from : 0;
            try (InputStream in = connection.getInputStream()) {
                copy(path, in, start, maxBytes, body, deadline);
            }
        } finally {
            connection.disconnect();
        }
    }

    private HttpURLConnection open(String path, long from) throws RejectedException, UnavailableException {
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

    private static @Nullable String redirect(String path, HttpURLConnection connection) throws UnavailableException {
        int status = status(path, connection);
        return status >= 300 && status < 400 ? connection.getHeaderField("Location") : null;
    }

    private static int status(String path, HttpURLConnection connection) throws UnavailableException {
        try {
            return connection.getResponseCode();
        } catch (IOException e) {
            throw new UnavailableException(
                    "Could not fetch " + path + " from " + connection.getURL().getHost() + ": " + e.getMessage() + ".",
                    e);
        }
    }

    private static void check(String path, int status) throws RejectedException, UnavailableException {
        if (status == HttpURLConnection.HTTP_OK || status == PARTIAL_CONTENT) {
            return;
        }
        boolean later = status == TOO_MANY_REQUESTS || status == HttpURLConnection.HTTP_CLIENT_TIMEOUT;
        if (status >= 300 && status < 500 && !later) {
            throw Fetcher.missing(path, "the server answered " + status);
        }
        throw new UnavailableException("Could not fetch " + path + ": the server answered " + status + ".");
    }

    private static boolean beginsAt(HttpURLConnection connection, long from) {
        String range = connection.getHeaderField("Content-Range");
        return range != null && range.startsWith("bytes " + from + "-");
    }

    private static boolean sameHost(URI a, URI b) {
        return Objects.equals(a.getScheme(), b.getScheme())
                && Objects.equals(a.getHost(), b.getHost())
                && a.getPort() == b.getPort();
    }

    private static void copy(String path, InputStream in, long from, long maxBytes, Body body, long deadline)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        body.begin(from);
        byte[] buffer = new byte[BUFFER];
        long at = from;
        while (true) {
            int n = read(path, in, buffer);
            if (n < 0) {
                return;
            }
            at += n;
            if (at > maxBytes) {
                throw Fetcher.tooLarge(path, maxBytes);
            }
            body.take(buffer, n);
            if (System.nanoTime() > deadline) {
                throw new UnavailableException(path + " took too long, and stopped at byte " + at + ".");
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private static int read(String path, InputStream in, byte[] buffer) throws UnavailableException {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw new UnavailableException("Could not read on in " + path + ": " + e.getMessage() + ".", e);
        }
    }
}
