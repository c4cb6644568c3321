package dev.picket.sensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** One file that lines are taken from; it stays open while it is renamed or deleted. */
final class OpenFile implements AutoCloseable {
    private static final int HEAD_BYTES = 1024;
    private static final int TAIL_BYTES = 64;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int HEAD_DIGITS = 16;

    private final FileChannel channel;
    private final String key;
    private final Lines lines;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    /** The file's first bytes as they were read: it may be truncated before its first line is passed. */
    private final ByteBuffer first = ByteBuffer.allocate(HEAD_BYTES);

    private final Recent recent = new Recent(TAIL_BYTES);

    /** The byte at which the line begins that is taken next. */
    private long offset;

    private int headBytes;
    private String head = "";
    private String tail = "";
    private long modifiedMillis;
    private long seenBytes;

    private OpenFile(FileChannel channel, FileState state, int maxLineBytes) {
        this.channel = channel;
        this.key = state.key();
        this.lines = new Lines(maxLineBytes);
        this.modifiedMillis = state.modifiedMillis();
        this.seenBytes = state.size();
    }

    /** Opens a file at its beginning; null when another one took its name meanwhile. */
    static @Nullable OpenFile open(FileState state, int maxLineBytes) throws IOException {
        Path path = state.path();
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        FileState after = FileState.ofOrNull(path);
        if (after == null || !after.key().equals(state.key())) {
            channel.close();
            return null;
        }
        return new OpenFile(channel, state, maxLineBytes);
    }

    String key() {
        return key;
    }

    long offset() {
        return offset;
    }

    /** Whether the file holds, before the position's offset, what it held when the position was taken. */
    boolean holds(FilePosition position) throws IOException {
        return channel.size() >= position.offset()
                && digest(bytes(0, position.headBytes())).equals(position.head())
                && crc(position.offset()).equals(position.tail());
    }

    /** Goes on from a position that {@link #holds}. */
    void moveTo(FilePosition position) throws IOException {
        offset = position.offset();
        recent.take(tailBytes(offset));
        headBytes = position.headBytes();
        head = position.head();
        tail = position.tail();
        lines.clear();
        buffer.clear().limit(0);
    }

    /** The next whole line; null when there is none now. */
    Lines.@Nullable Line next() throws IOException {
        while (true) {
            ByteBuffer taken = buffer.duplicate();
            Lines.Line line = lines.next(buffer);
            recent.take(taken.limit(buffer.position()));
            if (line != null) {
                return line;
            }
            if (rewritten()) {
                return null;
            }
            buffer.clear();
            int read = channel.read(buffer, offset + lines.unfinished());
            buffer.flip();
            if (read <= 0) {
                return null;
            }
            if (offset + lines.unfinished() == first.position()) {
                first.put(buffer.slice(0, Math.min(read, first.remaining())));
            }
        }
    }

    /** What stands behind the last line's end; null when nothing does. */
    Lines.@Nullable Line rest() {
        return lines.rest();
    }

    /** Passes a line that was taken, and answers the position behind it. */
    FilePosition pass(Lines.Line line, long generation) {
        offset += line.bytes();
        if (head.isEmpty()) {
            headBytes = (int) Math.min(HEAD_BYTES, offset);
            head = digest(first.duplicate().flip().limit(headBytes));
        }
        tail = recent.crc();
        return new FilePosition(generation, key, headBytes, head, offset, tail, modifiedMillis);
    }

    /** Whether the file was truncated or written anew since the last line was passed. */
    boolean rewritten() throws IOException {
        return channel.size() < offset + lines.unfinished()
                || (offset > 0 && !crc(offset).equals(tail));
    }

    void seen(FileState state) {
        modifiedMillis = state.modifiedMillis();
        seenBytes = state.size();
    }

    /** The byte behind all that was read, a line without its end included. */
    long readTo() {
        return offset + lines.unfinished();
    }

    /** Whether all that was ever seen of it is taken. */
    boolean drained() {
        return lines.unfinished() == 0 && seenBytes <= offset;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private String crc(long end) throws IOException {
        Recent read = new Recent(TAIL_BYTES);
        read.take(tailBytes(end));
        return read.crc();
    }

    private ByteBuffer tailBytes(long end) throws IOException {
        return bytes(Math.max(0, end - TAIL_BYTES), (int) Math.min(TAIL_BYTES, end));
    }

    private static String digest(ByteBuffer bytes) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(bytes);
            return HexFormat.of().formatHex(sha.digest()).substring(0, HEAD_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private ByteBuffer bytes(long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                break;
            }
        }
        return bytes.flip();
    }
}
