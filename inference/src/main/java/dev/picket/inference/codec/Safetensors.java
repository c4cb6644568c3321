package dev.picket.inference.codec;

import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads named tensors from a safetensors file, whole or by pieces, so that a file bigger than memory can be walked.
 *
 * <pre>
 * 8 bytes      length n of the header, unsigned, little-endian
 * n bytes      JSON: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, …, "__metadata__": {…}}
 * the rest     the tensors, little-endian, row-major, without holes
 * </pre>
 *
 * Source: the format's description in the safetensors project; like its reference reader, a header with holes,
 * overlaps, or sizes that do not fit its shapes is refused.
 */
public final class Safetensors implements AutoCloseable {
    private static final int LENGTH_BYTES = 8;
    private static final int CHUNK_BYTES = 1 << 18;
    private static final int MAX_WHOLES = 1 << 24;

    private final String name;
    private final Span span;
    private final @Nullable FileChannel channel;
    private final SafetensorsHeader header;

    private Safetensors(String name, Span span, @Nullable FileChannel channel, int maxHeaderBytes, int maxTensors)
            throws BadArtefactException, IOException {
        this.name = name;
        this.span = span;
        this.channel = channel;
        this.header = readHeader(maxHeaderBytes, maxTensors);
    }

    /**
     * Reads a small file that is in memory.
     *
     * @param name for messages
     * @param maxHeaderBytes the longest header accepted
     * @param maxTensors the most tensors accepted
     * @throws BadArtefactException when the bytes are not a safetensors file
     */
    public static Safetensors of(String name, byte[] bytes, int maxHeaderBytes, int maxTensors)
            throws BadArtefactException {
        try {
            return new Safetensors(name, new Span.InMemory(ByteBuffer.wrap(bytes)), null, maxHeaderBytes, maxTensors);
        } catch (IOException e) {
            throw new BadArtefactException(name + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /**
     * Opens a file of any size; only the header is read.
     *
     * @throws BadArtefactException when there is none, or it is not a safetensors file
     * @throws IOException when the disk fails
     */
    public static Safetensors open(Path file, int maxHeaderBytes, int maxTensors)
            throws BadArtefactException, IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new BadArtefactException(file + " does not exist.", e);
        }
        boolean opened = false;
        try {
            Safetensors tensors =
                    new Safetensors(file.toString(), new Span.InFile(channel), channel, maxHeaderBytes, maxTensors);
            opened = true;
            return tensors;
        } finally {
            if (!opened) {
                channel.close();
            }
        }
    }

    private SafetensorsHeader readHeader(int maxHeaderBytes, int maxTensors) throws BadArtefactException, IOException {
        long size = span.size();
        if (size < LENGTH_BYTES) {
            throw new BadArtefactException(name + " has " + size + " bytes, too few for a safetensors file.");
        }
        long length = read(0, LENGTH_BYTES).getLong();
        if (length < 2 || length > maxHeaderBytes || length > size - LENGTH_BYTES) {
            throw new BadArtefactException(name + " says that its header has " + Long.toUnsignedString(length)
                    + " bytes; at most " + Math.min(maxHeaderBytes, size - LENGTH_BYTES) + " are possible.");
        }
        byte[] json = read(LENGTH_BYTES, (int) length).array();
        return SafetensorsHeader.parse(name, json, size - LENGTH_BYTES - length, maxTensors);
    }

    private ByteBuffer read(long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        span.read(at, buffer);
        return buffer.flip();
    }

    /** What the file holds, by name, in the order of the bytes. */
    public Map<String, TensorInfo> tensors() {
        return header.tensors();
    }

    /** The header's {@code __metadata__}; empty without one. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * One whole tensor as float32; F16 and BF16 are widened exactly.
     *
     * @throws BadArtefactException when there is no such tensor, it is not of a float type, or too big for one array
     * @throws IOException when the disk fails
     */
    public FloatTensor floats(String tensor) throws BadArtefactException, IOException {
        TensorInfo info = info(tensor);
        if (info.count() > Integer.MAX_VALUE - 8) {
            throw new BadArtefactException(name + ": tensor '" + tensor + "' has " + info.count()
                    + " numbers, too many for one array; read it in pieces.");
        }
        return new FloatTensor(info.shape(), floats(tensor, 0, (int) info.count()));
    }

    /**
     * A piece of a tensor as float32, counted in numbers from its beginning.
     *
     * @param first the first number, from 0
     * @param count how many
     * @throws BadArtefactException when there is no such tensor, or it is not of a float type
     * @throws IndexOutOfBoundsException when the piece does not lie within the tensor
     * @throws IOException when the disk fails
     */
    public float[] floats(String tensor, long first, int count) throws BadArtefactException, IOException {
        TensorInfo info = info(tensor);
        if (!info.type().isFloat()) {
            throw new BadArtefactException(
                    name + ": tensor '" + tensor + "' is of type " + info.type() + ", a float type is needed.");
        }
        if (first < 0 || count < 0 || first > info.count() - count) {
            throw new IndexOutOfBoundsException(
                    "Numbers " + first + " to " + (first + count) + " of " + info.count() + " in " + tensor);
        }
        float[] values = new float[count];
        int width = info.type().bytes();
        int chunk = CHUNK_BYTES / width;
        for (int done = 0; done < count; done += chunk) {
            int n = Math.min(chunk, count - done);
            ByteBuffer bytes = read(header.dataStart() + info.begin() + (first + done) * width, n * width);
            for (int i = 0; i < n; i++) {
                values[done + i] = info.type().next(bytes);
            }
        }
        return values;
    }

    /**
     * One whole tensor of type I32.
     *
     * @throws BadArtefactException when there is no such tensor, or it is of another type
     * @throws IOException when the disk fails
     */
    public int[] wholes(String tensor) throws BadArtefactException, IOException {
        TensorInfo info = info(tensor);
        if (info.type() != TensorInfo.Type.I32 || info.count() > MAX_WHOLES) {
            throw new BadArtefactException(name + ": tensor '" + tensor + "' has " + info.count() + " numbers of type "
                    + info.type() + ", at most " + MAX_WHOLES + " of type I32 are needed.");
        }
        int[] values = new int[(int) info.count()];
        read(header.dataStart() + info.begin(), values.length * Integer.BYTES)
                .asIntBuffer()
                .get(values);
        return values;
    }

    private TensorInfo info(String tensor) throws BadArtefactException {
        TensorInfo info = header.tensors().get(tensor);
        if (info == null) {
            throw new BadArtefactException(name + " holds no tensor '" + tensor + "'.");
        }
        return info;
    }

    /** The bytes of a file with these float32 tensors, in the map's order. */
    public static byte[] write(Map<String, FloatTensor> tensors) {
        return SafetensorsHeader.write(tensors, Map.of());
    }

    /** The same with lists of whole numbers, of type I32, behind them. */
    public static byte[] write(Map<String, FloatTensor> tensors, Map<String, int[]> wholes) {
        return SafetensorsHeader.write(tensors, wholes);
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
