package dev.picket.ota.store;

import dev.picket.ota.AtomicFiles;
import dev.picket.ota.fetch.Fetcher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A download on disk, continued where the last one ended, or begun again where the server does not continue. */
final class PartBody implements Fetcher.Body, AutoCloseable {
    private final FileChannel channel;

    PartBody(Path part) throws IOException {
        this.channel = AtomicFiles.append(part);
    }

    @Override
    public void begin(long from) throws IOException {
        if (from != channel.size()) {
            channel.truncate(from);
        }
    }

    @Override
    public void take(byte[] bytes, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
