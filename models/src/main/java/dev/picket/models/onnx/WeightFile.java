package dev.picket.models.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The file of external weights, written once from front to back:
 *
 * <pre>
 *   tensor, zeros to the next multiple of 64, tensor, zeros, ...      all little endian
 * </pre>
 *
 * Each tensor is entered into the graph with its offset and length.
 */
public final class WeightFile {
    private static final int ALIGNMENT = 64;
    private static final int FLOATS_AT_ONCE = 1 << 14;

    private final OnnxGraph graph;
    private final String location;
    private final OutputStream out;
    private final ByteBuffer floats =
            ByteBuffer.allocate(FLOATS_AT_ONCE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long position;

    /** @param location the file's name as the model says it: beside the model, without a folder */
    public WeightFile(OnnxGraph graph, String location, OutputStream out) {
        this.graph = graph;
        this.location = location;
        this.out = out;
    }

    /** Where a tensor's bytes begin. */
    public record Place(long offset) {}

    /** The place of the next tensor: its bytes must be written next, and {@link #name} must tell the graph of them. */
    public Place place() throws IOException {
        int pad = (int) (-position & (ALIGNMENT - 1));
        write(new byte[pad], pad);
        return new Place(position);
    }

    /** Enters what lies at a place into the graph; the same bytes may have several names and shapes. */
    public void name(Place place, String name, ElementType type, long... dims) throws IOException {
        graph.external(name, type, location, place.offset(), type.bytesOf(dims), dims);
    }

    public void write(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
        position += length;
    }

    public void write(float[] values) throws IOException {
        for (int done = 0; done < values.length; done += FLOATS_AT_ONCE) {
            int count = Math.min(FLOATS_AT_ONCE, values.length - done);
            floats.clear().asFloatBuffer().put(values, done, count);
            write(floats.array(), count * Float.BYTES);
        }
    }

    /** Writes a whole float tensor. */
    public Place floats(String name, float[] values, long... dims) throws IOException {
        Place place = place();
        name(place, name, ElementType.FLOAT, dims);
        write(values);
        return place;
    }
}
