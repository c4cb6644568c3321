package dev.picket.models.onnx;

/** Element types of onnx.proto's {@code TensorProto.DataType} that the exporter uses. */
public enum ElementType {
    FLOAT(1, 4),
    UINT8(2, 1),
    INT32(6, 4),
    INT64(7, 8),
    BOOL(9, 1),
    FLOAT16(10, 2);

    final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    long bytesOf(long... dims) {
        long elements = 1;
        for (long dim : dims) {
            elements = Math.multiplyExact(elements, dim);
        }
        return Math.multiplyExact(elements, (long) bytes);
    }
}
