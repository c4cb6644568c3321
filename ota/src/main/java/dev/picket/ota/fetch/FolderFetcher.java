package dev.picket.ota.fetch;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A repository in a folder: a USB stick, the tree that a package carries. A stick comes from anywhere, so what its links
 * point at outside of it counts as missing.
 */
final class FolderFetcher implements Fetcher {
    private static final int BUFFER = 1 << 16;

    private final Path folder;

    FolderFetcher(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    @Override
    public String place() {
        return folder.toString();
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public void fetch(String path, long from, long maxBytes, Body body)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        if (!Files.isDirectory(folder)) {
            throw new UnavailableException("The repository's folder " + folder + " is not there.");
        }
        try (FileChannel file = open(path)) {
            long size = file.size();
            if (size > maxBytes) {
                throw Fetcher.tooLarge(path, maxBytes);
            }
            long start = from <= size ? from : 0;
            file.position(start);
            copy(path, Channels.newInputStream(file), start, maxBytes, body);
        }
    }

    private FileChannel open(String path) throws RejectedException, UnavailableException {
        try {
            // Some tools name a role's file as its address does, percent signs and all.
            Path literal = folder.resolve(path);
            Path file = isInside(literal)
                    ? literal
                    : folder.resolve(URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8));
            if (isInside(file)) {
                return FileChannel.open(file, StandardOpenOption.READ);
            }
        } catch (IllegalArgumentException | NoSuchFileException _) {
            throw Fetcher.missing(path, "no such file under " + folder);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
        throw Fetcher.missing(path, "no such file under " + folder);
    }

    private boolean isInside(Path file) throws IOException {
        return Files.isRegularFile(file) && file.toRealPath().startsWith(folder.toRealPath());
    }

    /** Hands on what the stream has, until it ends or goes over the limit. */
    private static void copy(String path, InputStream in, long from, long maxBytes, Body body)
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
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private static int read(String path, InputStream in, byte[] buffer) throws UnavailableException {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static UnavailableException unreadable(String path, IOException e) {
        return new UnavailableException("Could not read " + path + ": " + e.getMessage() + ".", e);
    }
}
