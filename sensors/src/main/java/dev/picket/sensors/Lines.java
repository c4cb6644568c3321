package dev.picket.sensors;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Bytes to lines. A line ends with LF; a CR before it is left out. Of a line longer than the limit the first bytes are
 * kept, up to a whole character, and the rest is passed over without being held. Memory is bounded by the limit.
 */
final class Lines {
    private static final int MAX_SEQUENCE = 4;

    /**
     * One line.
     *
     * @param bytes how many it took in the stream, its end included
     */
    record Line(String text, boolean cut, boolean malformed, long bytes) {}

    private final CharsetDecoder strict = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final byte[] kept;
    private int length;
    private long bytes;

    /**
     * @param maxBytes the longest text in bytes, its end not counted; 1 or more
     */
    Lines(int maxBytes) {
        // One more: a CR that stands just behind the longest text belongs to the line's end.
        this.kept = new byte[maxBytes + 1];
    }

    /** Takes bytes up to the next line's end; null when there is none, and all bytes are taken. */
    @Nullable
    Line next(ByteBuffer in) {
        int start = in.position();
        int end = indexOfLf(in);
        int taken = (end < 0 ? in.limit() : end) - start;
        int room = Math.min(taken, kept.length - length);
        in.get(kept, length, room);
        length += room;
        bytes += taken;
        in.position(start + taken);
        if (end < 0) {
            return null;
        }
        in.get();
        bytes++;
        return finish(1);
    }

    /** What stands behind the last line's end, as a line; null when nothing does. */
    @Nullable
    Line rest() {
        return bytes == 0 ? null : finish(0);
    }

    /** How many bytes of an unfinished line were taken. */
    long unfinished() {
        return bytes;
    }

    /** Forgets an unfinished line. */
    void clear() {
        length = 0;
        bytes = 0;
    }

    private Line finish(int endBytes) {
        long textBytes = bytes - endBytes;
        int keep = length;
        if (endBytes == 1 && textBytes == length && length > 0 && kept[length - 1] == '\r') {
            keep--;
            textBytes--;
        }
        int max = kept.length - 1;
        boolean cut = textBytes > max;
        if (cut) {
            keep = wholeCharacters(max);
        }
        Line line = decode(keep, cut);
        clear();
        return line;
    }

    private Line decode(int keep, boolean cut) {
        try {
            CharBuffer text = strict.decode(ByteBuffer.wrap(kept, 0, keep));
            return new Line(text.toString(), cut, false, bytes);
        } catch (CharacterCodingException e) {
            return new Line(new String(kept, 0, keep, StandardCharsets.UTF_8), cut, true, bytes);
        }
    }

    /** Steps back from a limit that would cut a character in two, so that the cut makes no faulty one. */
    private int wholeCharacters(int limit) {
        int start = limit;
        while (start > 0 && limit - start < MAX_SEQUENCE && (kept[start] & 0xc0) == 0x80) {
            start--;
        }
        return (kept[start] & 0xc0) == 0xc0 ? start : limit;
    }

    private static int indexOfLf(ByteBuffer in) {
        for (int i = in.position(); i < in.limit(); i++) {
            if (in.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }
}
