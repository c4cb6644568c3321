package dev.picket.ota.store;

import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Hashes;
import dev.picket.ota.fetch.Fetcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A download on disk, continued where the last one ended, or begun again where the server does not continue. Its SHA-256
 * grows with it, over what lay there before first; so no byte is read twice, however large the file is.
 */
final class PartBody implements Fetcher.Body, AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Path part;
    private final FileChannel channel;
    private final Progress progress;
    private MessageDigest digest = Hashes.digest("SHA-256");
    private long length;
    private boolean continued;

    private PartBody(Path part, FileChannel channel, Progress progress) {
        this.part = part;
        this.channel = channel;
        this.progress = progress;
    }

    /** Opens a part and hashes what lies there. */
    static PartBody open(Path part, Progress progress) throws IOException {
        FileChannel channel = AtomicFiles.append(part);
        PartBody body = new PartBody(part, channel, progress);
        try {
            body.hashWhatIsThere();
            body.continued = body.length > 0;
            return body;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** How many bytes are there. */
    long length() {
        return length;
    }

    /** Whether some of them were there before this download: then not all came from one place in one go. */
    boolean isContinued() {
        return continued;
    }

    /** Over all that is there; ends this body's use. */
    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void begin(long from) throws IOException {
        if (from != length) {
            channel.truncate(from);
            progress.here(from - length);
            hashWhatIsThere();
        }
        continued = length > 0;
    }

    @Override
    public void take(byte[] bytes, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        digest.update(bytes, 0, count);
        length += count;
        progress.came(count);
    }

    @Override
    public boolean isOfKnownLength() {
        return true;
    }

    /** Forces what came, so that a power cut costs none of it. */
    @Override
    public void close() throws IOException {
        try (channel) {
            channel.force(true);
        }
    }

    private void hashWhatIsThere() throws IOException {
        digest = Hashes.digest("SHA-256");
        length = 0;
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(part)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
                length += n;
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("hashing " + part + " was interrupted");
                }
            }
        }
    }
}
