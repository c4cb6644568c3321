package dev.picket.sensors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Map;

/**
 * Reads a stream once, such as standard input: each line is a reading, blank ones included. A stream cannot be read
 * again, so the position only counts; ids are {@code RUN:LINE}, lines counted from 1. The source ends with the stream.
 */
public final class StreamSource implements Source {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final String name;
    private final String run;
    private final InputStream in;
    private final int maxLineBytes;
    private final Clock clock;
    private long taken;
    private volatile String trouble = "";
    private volatile SourceCounts counts = new SourceCounts(0, 0, 0);

    /**
     * @param name the configured name, 1 to 64 bytes
     * @param run differs for each stream that is read under this name, so that ids do
     * @param in read by {@link #run} alone; not closed
     * @param maxLineBytes the longest text in bytes; of a longer line the beginning is taken and the reading marked
     */
    public StreamSource(String name, String run, InputStream in, int maxLineBytes, Clock clock) {
        this.name = name;
        this.run = run;
        this.in = in;
        this.maxLineBytes = maxLineBytes;
        this.clock = clock;
    }

    /** A stream that is read once and by one program: 8 KiB lines, ids {@code 1:LINE}. */
    public static StreamSource of(String name, InputStream in) {
        return new StreamSource(name, "1", in, FileLimits.usual().maxLineBytes(), Clock.systemUTC());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String trouble() {
        return trouble;
    }

    @Override
    public SourceCounts counts() {
        return counts;
    }

    /** {@inheritDoc} An interrupt is seen only between reads of the stream, which may block. */
    @Override
    public void run(Sink sink) throws InterruptedException {
        Lines lines = new Lines(maxLineBytes);
        byte[] bytes = new byte[BUFFER_BYTES];
        try {
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, read);
                for (Lines.Line line = lines.next(buffer); line != null; line = lines.next(buffer)) {
                    emit(line, sink);
                }
            }
        } catch (IOException e) {
            trouble = "The stream of source '" + name + "' broke off after " + taken + " lines (" + e.getMessage()
                    + "); it cannot be read again, start the agent with a new one.";
        }
        Lines.Line rest = lines.rest();
        if (rest != null) {
            emit(rest, sink);
        }
    }

    private void emit(Lines.Line line, Sink sink) throws InterruptedException {
        taken++;
        SourceCounts now = counts;
        counts = new SourceCounts(
                now.malformed() + (line.malformed() ? 1 : 0), now.cut() + (line.cut() ? 1 : 0), now.lost());
        String id = run + ":" + taken;
        sink.accept(new Reading(name, id, clock.instant(), line.text(), line.cut(), Map.of()), id);
    }
}
