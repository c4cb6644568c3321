package dev.picket.inference.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file.
 *
 * @param tensors in the order of their bytes
 * @param dataStart where the tensors begin in the file
 */
record SafetensorsHeader(Map<String, TensorInfo> tensors, Map<String, String> metadata, long dataStart) {
    private static final String METADATA = "__metadata__";
    private static final int MAX_RANK = 16;
    private static final int ALIGNMENT = 8;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    SafetensorsHeader {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Map.copyOf(metadata);
    }

    static SafetensorsHeader parse(String file, byte[] json, long dataBytes, int maxTensors)
            throws BadArtefactException {
        Fields top = Fields.parse(file, json, json.length);
        List<Map.Entry<String, TensorInfo>> entries = new ArrayList<>();
        Map<String, String> metadata = Map.of();
        for (String key : top.keys()) {
            if (key.equals(METADATA)) {
                metadata = metadata(top.object(key));
            } else {
                entries.add(Map.entry(key, tensor(top.object(key))));
            }
        }
        if (entries.size() > maxTensors) {
            throw new BadArtefactException(
                    file + " holds " + entries.size() + " tensors, more than the limit of " + maxTensors + ".");
        }
        entries.sort(Comparator.comparingLong(
                        (Map.Entry<String, TensorInfo> e) -> e.getValue().begin())
                .thenComparingLong(e -> e.getValue().end()));
        return new SafetensorsHeader(withoutHoles(file, entries, dataBytes), metadata, Long.BYTES + (long) json.length);
    }

    private static Map<String, TensorInfo> withoutHoles(
            String file, List<Map.Entry<String, TensorInfo>> entries, long dataBytes) throws BadArtefactException {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        long at = 0;
        for (Map.Entry<String, TensorInfo> entry : entries) {
            if (entry.getValue().begin() != at) {
                throw new BadArtefactException(file + ": tensor '" + entry.getKey() + "' begins at "
                        + entry.getValue().begin() + ", but the tensor before it ends at " + at + ".");
            }
            at = entry.getValue().end();
            tensors.put(entry.getKey(), entry.getValue());
        }
        if (at != dataBytes) {
            throw new BadArtefactException(
                    file + ": the tensors take " + at + " bytes, but " + dataBytes + " follow the header.");
        }
        return tensors;
    }

    private static TensorInfo tensor(Fields fields) throws BadArtefactException {
        TensorInfo.Type type = type(fields);
        List<Long> shape = fields.wholes("shape", MAX_RANK, 0, Long.MAX_VALUE);
        List<Long> offsets = fields.wholes("data_offsets", 2, 0, Long.MAX_VALUE);
        fields.end();
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw fields.fault("data_offsets", "must be a begin and an end that is not before it");
        }
        long needed = type.bytes();
        for (long dimension : shape) {
            long high = Math.multiplyHigh(needed, dimension);
            needed *= dimension;
            if (high != 0 || needed < 0) {
                throw fields.fault("shape", "is more than any file can hold");
            }
        }
        if (needed != offsets.get(1) - offsets.get(0)) {
            throw fields.fault(
                    "data_offsets",
                    "span " + (offsets.get(1) - offsets.get(0)) + " bytes, but the shape needs " + needed);
        }
        return new TensorInfo(type, shape, offsets.get(0), offsets.get(1));
    }

    private static TensorInfo.Type type(Fields fields) throws BadArtefactException {
        String name = fields.text("dtype", 16);
        for (TensorInfo.Type type : TensorInfo.Type.values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        throw fields.fault("dtype", "is '" + name + "', which is none of " + Arrays.toString(TensorInfo.Type.values()));
    }

    private static Map<String, String> metadata(Fields fields) throws BadArtefactException {
        Map<String, String> metadata = new LinkedHashMap<>();
        for (String key : fields.keys()) {
            metadata.put(key, fields.text(key, 1 << 20));
        }
        return metadata;
    }

    static byte[] write(Map<String, FloatTensor> tensors, Map<String, int[]> wholes) {
        ObjectNode top = JSON.createObjectNode();
        long at = 0;
        for (Map.Entry<String, FloatTensor> entry : tensors.entrySet()) {
            at = entry(
                    top.putObject(entry.getKey()),
                    TensorInfo.Type.F32,
                    entry.getValue().shape(),
                    at);
        }
        for (Map.Entry<String, int[]> entry : wholes.entrySet()) {
            at = entry(top.putObject(entry.getKey()), TensorInfo.Type.I32, List.of((long) entry.getValue().length), at);
        }
        byte[] header = padded(top);
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(Long.BYTES + header.length + at))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header);
        for (FloatTensor tensor : tensors.values()) {
            for (float value : tensor.values()) {
                out.putFloat(value);
            }
        }
        for (int[] list : wholes.values()) {
            for (int value : list) {
                out.putInt(value);
            }
        }
        return out.array();
    }

    private static long entry(ObjectNode node, TensorInfo.Type type, List<Long> shape, long begin) {
        node.put("dtype", type.name());
        shape.forEach(node.putArray("shape")::add);
        long end = begin + shape.stream().reduce((long) type.bytes(), (a, b) -> a * b);
        node.putArray("data_offsets").add(begin).add(end);
        return end;
    }

    /** The header ends with spaces, so that the tensors lie aligned. */
    private static byte[] padded(ObjectNode top) {
        try {
            byte[] json = JSON.writeValueAsString(top).getBytes(StandardCharsets.UTF_8);
            byte[] padded = Arrays.copyOf(json, (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
            Arrays.fill(padded, json.length, padded.length, (byte) ' ');
            return padded;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of texts and numbers is always JSON", e);
        }
    }
}
