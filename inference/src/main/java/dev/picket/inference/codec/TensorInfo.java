package dev.picket.inference.codec;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Where a tensor lies in a safetensors file.
 *
 * @param shape dimensions, outermost first
 * @param begin of its bytes, from the end of the header
 * @param end of its bytes
 */
public record TensorInfo(Type type, List<Long> shape, long begin, long end) {
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** How many numbers it holds. */
    public long count() {
        return (end - begin) / type.bytes();
    }

    /** The element types of the format that checkpoints use. */
    public enum Type {
        F64(8),
        F32(4),
        F16(2),
        BF16(2),
        I64(8),
        I32(4),
        I16(2),
        I8(1),
        U8(1),
        BOOL(1);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        public int bytes() {
            return bytes;
        }

        /** Whether {@link Safetensors#floats} reads it. */
        public boolean isFloat() {
            return switch (this) {
                case F32, F16, BF16 -> true;
                case F64, I64, I32, I16, I8, U8, BOOL -> false;
            };
        }

        float next(ByteBuffer from) {
            return switch (this) {
                case F32 -> from.getFloat();
                case F16 -> Float.float16ToFloat(from.getShort());
                case BF16 -> Float.intBitsToFloat(from.getShort() << 16);
                case F64, I64, I32, I16, I8, U8, BOOL ->
                    throw new IllegalStateException(this + " is not read as float32");
            };
        }
    }
}
