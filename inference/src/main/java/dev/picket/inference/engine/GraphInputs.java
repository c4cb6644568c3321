package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the inputs of an ONNX graph, optional ones included, which ONNX Runtime's Java interface does not list. Of the
 * protobuf only this path is read, the rest is skipped by its length:
 *
 * <pre>
 * ModelProto.graph (7) . GraphProto.input (11) . ValueInfoProto { name (1), type (2) }
 * TypeProto.tensor_type (1) . TypeProto.Tensor { elem_type (1), shape (2) }
 * TensorShapeProto.dim (1) { dim_value (1) | dim_param (2) }
 * </pre>
 *
 * Source: onnx.proto of ONNX; the wire format of Protocol Buffers.
 */
final class GraphInputs {
    /** A dimension that has a name in place of a number. */
    static final long SYMBOLIC = -1;

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private GraphInputs() {}

    /**
     * The dimensions of every input, by name.
     *
     * @throws BadArtefactException when the bytes are not a model
     */
    static Map<String, List<Long>> read(byte[] model) throws BadArtefactException {
        Map<String, List<Long>> inputs = new LinkedHashMap<>();
        ByteBuffer bytes = ByteBuffer.wrap(model).order(ByteOrder.LITTLE_ENDIAN);
        for (ByteBuffer graph : messages(bytes, 7)) {
            for (ByteBuffer input : messages(graph, 11)) {
                String name = "";
                for (ByteBuffer text : messages(input.duplicate(), 1)) {
                    name = StandardCharsets.UTF_8.decode(text).toString();
                }
                inputs.put(name, dimensions(input));
            }
        }
        if (inputs.isEmpty()) {
            throw new BadArtefactException("model.onnx is not an ONNX model with inputs.");
        }
        return inputs;
    }

    private static List<Long> dimensions(ByteBuffer input) throws BadArtefactException {
        List<Long> dimensions = new ArrayList<>();
        for (ByteBuffer type : messages(input, 2)) {
            for (ByteBuffer tensor : messages(type, 1)) {
                for (ByteBuffer shape : messages(tensor, 2)) {
                    for (ByteBuffer dimension : messages(shape, 1)) {
                        dimensions.add(value(dimension));
                    }
                }
            }
        }
        return dimensions;
    }

    private static long value(ByteBuffer dimension) throws BadArtefactException {
        long value = SYMBOLIC;
        while (dimension.hasRemaining()) {
            long tag = varint(dimension);
            if (tag == (1 << 3 | VARINT)) {
                value = varint(dimension);
            } else {
                skip(dimension, (int) (tag & 7));
            }
        }
        return value;
    }

    /** Every length-delimited field of that number. */
    private static List<ByteBuffer> messages(ByteBuffer message, int number) throws BadArtefactException {
        List<ByteBuffer> found = new ArrayList<>();
        while (message.hasRemaining()) {
            long tag = varint(message);
            if (tag == ((long) number << 3 | BYTES)) {
                int length = length(message);
                found.add(message.slice(message.position(), length).order(ByteOrder.LITTLE_ENDIAN));
                message.position(message.position() + length);
            } else {
                skip(message, (int) (tag & 7));
            }
        }
        return found;
    }

    private static void skip(ByteBuffer message, int wireType) throws BadArtefactException {
        switch (wireType) {
            case VARINT -> varint(message);
            case FIXED64 -> advance(message, Long.BYTES);
            case BYTES -> advance(message, length(message));
            case FIXED32 -> advance(message, Integer.BYTES);
            default -> throw damaged(message);
        }
    }

    private static int length(ByteBuffer message) throws BadArtefactException {
        long length = varint(message);
        if (length < 0 || length > message.remaining()) {
            throw damaged(message);
        }
        return (int) length;
    }

    private static void advance(ByteBuffer message, int bytes) throws BadArtefactException {
        if (bytes > message.remaining()) {
            throw damaged(message);
        }
        message.position(message.position() + bytes);
    }

    private static long varint(ByteBuffer message) throws BadArtefactException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (!message.hasRemaining()) {
                throw damaged(message);
            }
            byte next = message.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw damaged(message);
    }

    private static BadArtefactException damaged(ByteBuffer message) {
        return new BadArtefactException("model.onnx is not an ONNX model: a field at byte " + message.position()
                + " of a message runs past its end.");
    }
}
