package dev.picket.inference.codec;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.picket.inference.BadArtefactException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An {@code .onnx_adapter}: LoRA weights as ONNX Runtime reads them. A flatbuffer of ONNX Runtime's
 * {@code adapter_schema.fbs}, identified by {@code TORT}:
 *
 * <pre>
 * table Adapter   { format_version:int (0, = 1); adapter_version:int (1); model_version:int (2); parameters:[Parameter] (3); }
 * table Parameter { name:string (0); dims:[int64] (1); data_type:int32 (2, FLOAT = 1); raw_data:[uint8] (3, 8-aligned, little-endian); }
 * </pre>
 *
 * Names are the graph's inputs: {@code <module path>.lora_A} [in, r] and {@code .lora_B} [r, out], with alpha / r
 * folded into B.
 *
 * @param adapterVersion the maker's own counting
 * @param parameters by name, in file order
 */
public record AdapterFile(int adapterVersion, Map<String, FloatTensor> parameters) {
    static final String IDENTIFIER = "TORT";
    static final int FORMAT_VERSION = 1;
    static final int FLOAT = 1;
    static final int FIELDS = 4;
    private static final int ALIGNMENT = 8;
    private static final int MAX_PARAMETERS = 1 << 15;

    public AdapterFile {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Reads an adapter, with every offset checked.
     *
     * @param name for messages
     * @param bytes of the file
     * @throws BadArtefactException when it is not an adapter of float32 parameters
     */
    public static AdapterFile parse(String name, byte[] bytes) throws BadArtefactException {
        Map<String, FloatTensor> parameters = new LinkedHashMap<>();
        FlatTable root = root(name, bytes);
        for (Map.Entry<String, Raw> each : raw(name, bytes, root).entrySet()) {
            ByteBuffer data = each.getValue().data();
            float[] values = new float[data.remaining() / Float.BYTES];
            data.asFloatBuffer().get(values);
            parameters.put(each.getKey(), new FloatTensor(each.getValue().dims(), values));
        }
        return new AdapterFile(root.integer(1), parameters);
    }

    /**
     * The dimensions of each parameter, with the checks of {@link #parse} and without a copy of the weights.
     *
     * @throws BadArtefactException when it is not an adapter of float32 parameters
     */
    public static Map<String, List<Long>> shapes(String name, byte[] bytes) throws BadArtefactException {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        raw(name, bytes, root(name, bytes)).forEach((parameter, raw) -> shapes.put(parameter, raw.dims()));
        return shapes;
    }

    /** A parameter where it lies in the file. */
    private record Raw(List<Long> dims, ByteBuffer data) {}

    private static FlatTable root(String name, byte[] bytes) throws BadArtefactException {
        FlatTable root = FlatTable.root(name, bytes, IDENTIFIER);
        if (root.integer(0) != FORMAT_VERSION) {
            throw new BadArtefactException(name + " has adapter format " + root.integer(0)
                    + ", this version reads format " + FORMAT_VERSION + ".");
        }
        return root;
    }

    private static Map<String, Raw> raw(String name, byte[] bytes, FlatTable root) throws BadArtefactException {
        Map<String, Raw> parameters = new LinkedHashMap<>();
        long left = bytes.length;
        for (FlatTable parameter : root.tables(3, MAX_PARAMETERS)) {
            String parameterName = parameter.text(0);
            left -= parameter.bytes(3).remaining();
            if (left < 0) {
                throw new BadArtefactException(
                        name + " is damaged: its parameters share bytes, from '" + parameterName + "' on.");
            }
            if (parameters.put(parameterName, raw(name, parameterName, parameter)) != null) {
                throw new BadArtefactException(name + " holds '" + parameterName + "' twice.");
            }
        }
        return parameters;
    }

    private static Raw raw(String file, String name, FlatTable parameter) throws BadArtefactException {
        if (parameter.integer(2) != FLOAT) {
            throw new BadArtefactException(
                    file + ": '" + name + "' is of ONNX type " + parameter.integer(2) + ", float32 (1) is needed.");
        }
        List<Long> dims = parameter.longs(1, 8);
        ByteBuffer raw = parameter.bytes(3);
        long count = 1;
        for (long dimension : dims) {
            boolean possible = dimension >= 0 && dimension <= Integer.MAX_VALUE && count <= Integer.MAX_VALUE;
            count = possible ? count * dimension : -1;
        }
        if (count * Float.BYTES != raw.remaining()) {
            throw new BadArtefactException(file + ": '" + name + "' has dimensions " + dims + " but " + raw.remaining()
                    + " bytes of float32.");
        }
        return new Raw(dims, raw);
    }

    /** The bytes to write as {@code adapter.onnx_adapter}. */
    public byte[] toBytes() {
        FlatBufferBuilder builder = new FlatBufferBuilder(1 << 12);
        int[] tables = parameters.entrySet().stream()
                .mapToInt(entry -> parameter(builder, entry.getKey(), entry.getValue()))
                .toArray();
        builder.startVector(Integer.BYTES, tables.length, Integer.BYTES);
        for (int i = tables.length - 1; i >= 0; i--) {
            builder.addOffset(tables[i]);
        }
        int vector = builder.endVector();
        builder.startTable(FIELDS);
        builder.addInt(0, FORMAT_VERSION, 0);
        builder.addInt(1, adapterVersion, 0);
        builder.addInt(2, 1, 0);
        builder.addOffset(3, vector, 0);
        builder.finish(builder.endTable(), IDENTIFIER);
        return builder.sizedByteArray();
    }

    private static int parameter(FlatBufferBuilder builder, String name, FloatTensor tensor) {
        ByteBuffer raw =
                ByteBuffer.allocate(Float.BYTES * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(tensor.values());
        builder.startVector(1, raw.capacity(), ALIGNMENT);
        for (int i = raw.capacity() - 1; i >= 0; i--) {
            builder.addByte(raw.get(i));
        }
        int data = builder.endVector();
        List<Long> shape = tensor.shape();
        builder.startVector(Long.BYTES, shape.size(), Long.BYTES);
        for (int i = shape.size() - 1; i >= 0; i--) {
            builder.addLong(shape.get(i));
        }
        int dims = builder.endVector();
        int label = builder.createString(name);
        builder.startTable(FIELDS);
        builder.addOffset(0, label, 0);
        builder.addOffset(1, dims, 0);
        builder.addInt(2, FLOAT, 0);
        builder.addOffset(3, data, 0);
        return builder.endTable();
    }
}
