package dev.picket.models.llama;

import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.Safetensors;
import dev.picket.models.Released;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A checkpoint of the released base: its weights read back to float. */
public final class ReleasedCheckpoint {
    private static final int ALIGNMENT = 64;

    private ReleasedCheckpoint() {}

    /** Writes a Hugging Face folder. */
    public static Path write(Path folder) throws Exception {
        Files.createDirectories(folder);
        Files.copy(Released.BASE.resolve("config.json"), folder.resolve("config.json"));
        Files.copy(Released.BASE.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.write(folder.resolve("model.safetensors"), Safetensors.write(weights(Released.BASE)));
        return folder;
    }

    /** Those of an INT4 base as float, by the order in which an import writes them. */
    static Map<String, FloatTensor> weights(Path base) throws Exception {
        LlamaConfig config = LlamaConfigFile.read(base, 4096);
        ByteBuffer data = ByteBuffer.wrap(Files.readAllBytes(base.resolve("model.onnx.data")))
                .order(ByteOrder.LITTLE_ENDIAN);
        LlamaTensors tensors = new LlamaTensors(config);
        Map<String, FloatTensor> weights = new LinkedHashMap<>();
        matrix(weights, data, tensors.embedding());
        for (LlamaTensors.Vector each : tensors.norms()) {
            weights.put(each.name(), new FloatTensor(List.of((long) each.length()), floats(data, each.length())));
        }
        for (Projection each : Projection.all(config)) {
            matrix(weights, data, each.matrix());
        }
        return weights;
    }

    private static void matrix(Map<String, FloatTensor> weights, ByteBuffer data, Matrix matrix) {
        byte[] packed = new byte[matrix.rows() * matrix.columns() / 2];
        align(data);
        data.get(packed);
        float[] scales = floats(data, matrix.rows() * matrix.columns() / 32);
        float[] values = new float[packed.length * 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = ((packed[i / 2] >> (i % 2 * 4) & 15) - 8) * scales[i / 32];
        }
        weights.put(matrix.tensor(), new FloatTensor(List.of((long) matrix.rows(), (long) matrix.columns()), values));
    }

    private static float[] floats(ByteBuffer data, int count) {
        align(data);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = data.getFloat();
        }
        return values;
    }

    private static void align(ByteBuffer data) {
        data.position(Math.ceilDiv(data.position(), ALIGNMENT) * ALIGNMENT);
    }
}
