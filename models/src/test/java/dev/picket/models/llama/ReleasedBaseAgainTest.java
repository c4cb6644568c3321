package dev.picket.models.llama;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.models.Released;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The released base was imported by an earlier version. Its weights, read back to float, are a checkpoint: what is made of that
 * must be the released files, byte for byte, or tasks trained on the one would run on another.
 */
class ReleasedBaseAgainTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void importedAgainItIsTheSameByteForByte(Quantiser quantiser) throws Exception {
        Path checkpoint = ReleasedCheckpoint.write(folder.resolve("checkpoint"));
        String name = new ObjectMapper()
                .readTree(Released.BASE.resolve("base.json").toFile())
                .path("name")
                .asText();
        LlamaBase.of(checkpoint, new Storing(Precision.INT4, quantiser, 4096, 0))
                .write(folder.resolve("out"), new LlamaBase.Naming(name, "0.1.0", "Apache-2.0"), _ -> {});
        for (String each : List.of("model.onnx", "model.onnx.data")) {
            assertThat(folder.resolve("out").resolve(each)).hasSameBinaryContentAs(Released.BASE.resolve(each));
        }
    }
}
