package dev.picket.ota.fetch;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Where a repository's bytes come from. What comes is not trusted: the caller verifies it. */
public interface Fetcher {
    Duration FIRST_REST = Duration.ofMinutes(1);
    Duration LONGEST_REST = Duration.ofHours(1);

    /** Takes the bytes as they come. */
    interface Body {
        /** The offset that the first byte has; 0 when the server does not continue where it was asked to. */
        void begin(long from) throws IOException;

        void take(byte[] bytes, int length) throws IOException;

        /** Whether it needs every byte up to the most it may have, so that an end before that may be a broken connection. */
        default boolean isOfKnownLength() {
            return false;
        }
    }

    /**
     * Streams a file. When it returns, all that the place has of the file was handed on.
     *
     * @param path relative to the repository, with {@code /}, already percent-encoded where its names need it
     * @param from the first byte wanted
     * @param maxBytes the most that the whole file may have
     * @throws RejectedException TOO_LARGE when the file has more, MISSING when it is not there, is forbidden or lies
     *     behind a redirect to another host
     * @throws UnavailableException when trying again may help
     * @throws IOException what the body threw
     */
    void fetch(String path, long from, long maxBytes, Body body)
            throws RejectedException, UnavailableException, IOException, InterruptedException;

    /** Where the bytes come from now, for people: a host, a folder. */
    default String place() {
        return "";
    }

    /** Whether what comes from there costs nobody anything. */
    default boolean isLocal() {
        return false;
    }

    /**
     * What came last did not verify.
     *
     * @return whether there is another place, which is asked from now on
     */
    default boolean elsewhere() {
        return false;
    }

    /** Holds bytes against what is signed. */
    @FunctionalInterface
    interface Check {
        void check(byte[] bytes) throws RejectedException;
    }

    /** As {@link #bytes(String, int)}, from one place after the other until what comes verifies. */
    default byte[] bytes(String path, int maxBytes, Check check)
            throws RejectedException, UnavailableException, InterruptedException {
        while (true) {
            try {
                byte[] bytes = bytes(path, maxBytes);
                check.check(bytes);
                return bytes;
            } catch (RejectedException e) {
                if (e.reason() == Reason.MISSING || !elsewhere()) {
                    throw e;
                }
            }
        }
    }

    /** Fetches a small file into memory. */
    default byte[] bytes(String path, int maxBytes)
            throws RejectedException, UnavailableException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            fetch(path, 0, maxBytes, new Body() {
                @Override
                public void begin(long from) {
                    out.reset();
                }

                @Override
                public void take(byte[] bytes, int length) {
                    out.write(bytes, 0, length);
                }
            });
        } catch (IOException e) {
            throw new UnavailableException("Could not fetch " + path + ": " + e.getMessage() + ".", e);
        }
        return out.toByteArray();
    }

    /** The fetcher of a {@code file:}, {@code http:} or {@code https:} address. */
    static Fetcher of(URI repository, FetchLimits limits) {
        return of(repository, limits, Allowance.unlimited());
    }

    /** The same repository in several places, of which each may fail; the first is asked first. */
    static Fetcher of(List<URI> places, FetchLimits limits, Allowance allowance) {
        List<Fetcher> each =
                places.stream().map(place -> of(place, limits, allowance)).toList();
        return new Mirrors(each, FIRST_REST, LONGEST_REST, System::nanoTime);
    }

    private static Fetcher of(URI repository, FetchLimits limits, Allowance allowance) {
        return switch (repository.getScheme()) {
            case "file" -> new FolderFetcher(Path.of(repository));
            case "http", "https" -> new HttpFetcher(repository, limits, allowance);
            case null, default ->
                throw new IllegalArgumentException(
                        "The repository's address " + repository + " must begin with file:, http: or https:.");
        };
    }

    /** A refusal of a file with more bytes than it may have. */
    static RejectedException tooLarge(String path, long maxBytes) {
        return new RejectedException(Reason.TOO_LARGE, path + " has more than the " + maxBytes + " bytes it may have.");
    }

    /** A refusal of a file that is not there. */
    static RejectedException missing(String path, String why) {
        return new RejectedException(Reason.MISSING, path + " is not in the repository: " + why + ".");
    }
}
