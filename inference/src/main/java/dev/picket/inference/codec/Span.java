package dev.picket.inference.codec;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Bytes that can be read at a place: in memory, or in a file too big for it. */
sealed interface Span {
    long size() throws IOException;

    /** Fills the buffer's rest from {@code at} on. */
    void read(long at, ByteBuffer into) throws IOException;

    record InMemory(ByteBuffer bytes) implements Span {
        @Override
        public long size() {
            return bytes.capacity();
        }

        @Override
        public void read(long at, ByteBuffer into) throws IOException {
            if (at + into.remaining() > bytes.capacity()) {
                throw new EOFException("The bytes end at " + bytes.capacity());
            }
            into.put(bytes.slice((int) at, into.remaining()));
        }
    }

    record InFile(FileChannel channel) implements Span {
        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void read(long at, ByteBuffer into) throws IOException {
            long place = at;
            while (into.hasRemaining()) {
                int n = channel.read(into, place);
                if (n < 0) {
                    throw new EOFException("The file ends at " + place);
                }
                place += n;
            }
        }
    }
}
