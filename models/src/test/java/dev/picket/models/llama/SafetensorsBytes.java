package dev.picket.models.llama;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/** Safetensors files byte by byte: in any float type, and with headers that no tool writes. */
final class SafetensorsBytes {
    private SafetensorsBytes() {}

    /** A file with that header, as long as it says itself, and so many zeros behind it. */
    static byte[] of(String header, int zeros) {
        byte[] json = header.getBytes(UTF_8);
        return withLength(json.length, json, zeros);
    }

    static byte[] withLength(long length, byte[] json, int zeros) {
        return ByteBuffer.allocate(Long.BYTES + json.length + zeros)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(json)
                .array();
    }

    /** Tensors in one of the three float types, cut to it. */
    static byte[] of(Map<String, FloatTensor> tensors, TensorInfo.Type type) {
        ObjectNode header = new ObjectMapper().createObjectNode();
        int at = 0;
        for (Map.Entry<String, FloatTensor> each : tensors.entrySet()) {
            ObjectNode told = header.putObject(each.getKey()).put("dtype", type.name());
            each.getValue().shape().forEach(told.putArray("shape")::add);
            int end = at + each.getValue().values().length * type.bytes();
            told.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        byte[] file = of(header.toString(), at);
        ByteBuffer data = ByteBuffer.wrap(file, file.length - at, at).order(ByteOrder.LITTLE_ENDIAN);
        for (FloatTensor each : tensors.values()) {
            for (float value : each.values()) {
                put(data, value, type);
            }
        }
        return file;
    }

    private static void put(ByteBuffer data, float value, TensorInfo.Type type) {
        switch (type) {
            case F32 -> data.putFloat(value);
            case F16 -> data.putShort(Float.floatToFloat16(value));
            case BF16 -> data.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
            case F64, I64, I32, I16, I8, U8, BOOL -> throw new IllegalArgumentException(type + " is no such type");
        }
    }

    /** What a value is after it was cut to that type. */
    static float cut(float value, TensorInfo.Type type) {
        return switch (type) {
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
            case BF16 -> Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xFFFF0000);
            case F32, F64, I64, I32, I16, I8, U8, BOOL -> value;
        };
    }
}
