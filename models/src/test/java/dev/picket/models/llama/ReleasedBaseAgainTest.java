package dev.picket.models.llama;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.models.Released;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The released base was imported by an earlier version. Its weights, read back to float, are a checkpoint: what is made of that must be the
 * same graph, byte for byte, and weights that lie where they lay, or tasks trained on the one would run on another.
 */
class ReleasedBaseAgainTest {
    private static final int BLOCK = 32;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void importedAgainItIsTheSame(Quantiser quantiser) throws Exception {
        Path checkpoint = ReleasedCheckpoint.write(folder.resolve("checkpoint"));
        String name = new ObjectMapper()
                .readTree(Released.BASE.resolve("base.json").toFile())
                .path("name")
                .asText();
        LlamaBase.of(checkpoint, new Storing(Precision.INT4, quantiser, 4096, 0))
                .write(folder.resolve("out"), new LlamaBase.Naming(name, "0.1.0", "Apache-2.0"), _ -> {});
        assertThat(folder.resolve("out/model.onnx")).hasSameBinaryContentAs(Released.BASE.resolve("model.onnx"));
        Map<String, FloatTensor> before = ReleasedCheckpoint.weights(Released.BASE);
        Map<String, FloatTensor> after = ReleasedCheckpoint.weights(folder.resolve("out"));
        assertThat(after).containsOnlyKeys(before.keySet());
        before.forEach(
                (tensor, values) -> assertRoundedOnce(tensor, values, Objects.requireNonNull(after.get(tensor))));
    }

    /** A block has other scales when it is rounded again, and no weight moves by more than one step of them. */
    private static void assertRoundedOnce(String name, FloatTensor before, FloatTensor after) {
        assertThat(after.shape()).isEqualTo(before.shape());
        int step = before.shape().size() == 1 ? 1 : BLOCK;
        for (int at = 0; at < before.values().length; at += step) {
            float largest = 0;
            float moved = 0;
            for (int i = at; i < at + step; i++) {
                largest = Math.max(largest, Math.abs(before.values()[i]));
                moved = Math.max(moved, Math.abs(before.values()[i] - after.values()[i]));
            }
            assertThat(moved).as(name).isLessThanOrEqualTo(step == 1 ? 0 : largest / 7);
        }
    }
}
