package dev.picket.ota.fetch;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A repository in a folder: a USB stick, the tree that a package carries. */
final class FolderFetcher implements Fetcher {
    private static final int BUFFER = 1 << 16;

    private final Path folder;

    FolderFetcher(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    @Override
    public void fetch(String path, long from, long maxBytes, Body body)
            throws RejectedException, UnavailableException, IOException {
        Path file = folder.resolve(URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8))
                .normalize();
        if (!file.startsWith(folder) || !Files.isDirectory(folder)) {
            throw new UnavailableException("The repository's folder " + folder + " is not there.");
        }
        if (!Files.isRegularFile(file)) {
            throw Fetcher.missing(path, "no such file under " + folder);
        }
        try (InputStream in = Files.newInputStream(file)) {
            long start = in.skip(from) == from ? from : 0;
            copy(path, in, start, maxBytes, body);
        } catch (NoSuchFileException _) {
            throw Fetcher.missing(path, "no such file under " + folder);
        }
    }

    /** Hands on what the stream has, until it ends or goes over the limit. */
    private static void copy(String path, InputStream in, long from, long maxBytes, Body body)
            throws RejectedException, UnavailableException, IOException {
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
        }
    }

    private static int read(String path, InputStream in, byte[] buffer) throws UnavailableException {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw new UnavailableException("Could not read " + path + ": " + e.getMessage() + ".", e);
        }
    }
}
