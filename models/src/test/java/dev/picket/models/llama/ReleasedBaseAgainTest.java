package dev.picket.models.llama;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The released base was imported by an earlier version. Its weights, read back to float, are a checkpoint: what is made of that
 * must be the released files, byte for byte, or tasks trained on the one would run on another.
 */
class ReleasedBaseAgainTest {
    private static final int ALIGNMENT = 64;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void importedAgainItIsTheSameByteForByte(Quantiser quantiser) throws Exception {
        LlamaConfig config = LlamaConfigFile.read(Released.BASE, 4096);
        Files.copy(Released.BASE.resolve("config.json"), folder.resolve("config.json"));
        Files.copy(Released.BASE.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.write(folder.resolve("model.safetensors"), Safetensors.write(weights(config)));
        String name = new ObjectMapper()
                .readTree(Released.BASE.resolve("base.json").toFile())
                .path("name")
                .asText();
        LlamaBase.of(folder, new Storing(Precision.INT4, quantiser, 4096, 0))
                .write(folder.resolve("out"), new LlamaBase.Naming(name, "0.1.0", "Apache-2.0"), _ -> {});
        for (String each : List.of("model.onnx", "model.onnx.data")) {
            assertThat(folder.resolve("out").resolve(each)).hasSameBinaryContentAs(Released.BASE.resolve(each));
        }
    }

    /** By the order in which an import writes them. */
    private static Map<String, FloatTensor> weights(LlamaConfig config) throws Exception {
        ByteBuffer data = ByteBuffer.wrap(Files.readAllBytes(Released.BASE.resolve("model.onnx.data")))
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
