package dev.picket.models.llama;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.TensorInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints that are wrong, by accident or on purpose: one sentence that names what and where, before anything is written. */
class CheckpointRefusalTest {
    private static final String NORM = "model.norm.weight";
    private static final String X = "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":";

    @TempDir
    private Path folder;

    private final TinyCheckpoint tiny = new TinyCheckpoint(7, true);

    @Test
    void aTensorOfAnotherShapeIsRefusedByName() throws Exception {
        tiny.weights.put(NORM, tiny.weight("model.embed_tokens.weight"));
        tiny.write(folder);
        refused(NORM, "model.safetensors has the shape [96, 64], but config.json asks for [64]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.embed_tokens.weight",
                "model.norm.weight",
                "model.layers.2.mlp.down_proj.weight",
                "model.layers.1.self_attn.k_proj.bias",
                "model.layers.0.post_attention_layernorm.weight"
            })
    void aMissingTensorIsRefusedByName(String name) throws Exception {
        TinyCheckpoint qwen = new TinyCheckpoint(7, TinyCheckpoint.config(Architecture.QWEN2, new Rope(1e6), 16, true));
        assertThat(qwen.weights.remove(name)).isNotNull();
        qwen.write(folder);
        refused("The checkpoint has no tensor " + name);
    }

    @Test
    void anUntiedModelWithoutItsOutputMatrixIsRefused() throws Exception {
        TinyCheckpoint untied = new TinyCheckpoint(7, false);
        untied.weights.remove("lm_head.weight");
        untied.write(folder);
        refused("no tensor lm_head.weight");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.layers.0.self_attn.q_proj.bias",
                "model.layers.0.self_attn.q_norm.weight",
                "model.layers.3.mlp.up_proj.weight",
                "lm_head.bias"
            })
    void aTensorThatWouldChangeTheAnswersAndIsNotUsedIsRefused(String name) throws Exception {
        tiny.weights.put(name, tiny.weight(NORM));
        tiny.write(folder);
        refused("has the tensor " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.layers.0.self_attn.rotary_emb.inv_freq", "v_head.summary.weight"})
    void aTensorThatChangesNothingIsLeft(String name) throws Exception {
        tiny.weights.put(name, tiny.weight(NORM));
        tiny.write(folder);
        assertThat(LlamaBase.of(folder, Storing.NEAREST_INT4).rows()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(
            value = TensorInfo.Type.class,
            names = {"I8", "U8", "BOOL"})
    void aTensorThatHoldsNoFloatsIsRefused(TensorInfo.Type type) throws Exception {
        tiny.write(folder);
        String header = "{\"model.embed_tokens.weight\":{\"dtype\":\"" + type
                + "\",\"shape\":[96,64],\"data_offsets\":[0,6144]}}";
        Files.write(folder.resolve("model.safetensors"), SafetensorsBytes.of(header, 6144));
        refused("model.embed_tokens.weight", "is of type " + type, "F32, F16 or BF16 is needed");
    }

    static Stream<Arguments> headers() {
        String y = ",\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":";
        return Stream.of(
                Arguments.of("empty", new byte[0], "too few"),
                Arguments.of("shorter than its length field", new byte[3], "too few"),
                Arguments.of("longest length", SafetensorsBytes.withLength(-1, new byte[2], 0), "18446744073709551615"),
                Arguments.of("negative length", SafetensorsBytes.withLength(Long.MIN_VALUE, new byte[2], 0), "header"),
                Arguments.of("header behind the end", SafetensorsBytes.withLength(1 << 20, new byte[9], 0), "header"),
                Arguments.of("huge header", SafetensorsBytes.of(" ".repeat(9 << 20), 0), "at most 8388608"),
                Arguments.of("no JSON", SafetensorsBytes.of("{{{{", 0), "is not JSON"),
                Arguments.of("no UTF-8", SafetensorsBytes.withLength(4, new byte[] {'{', '"', -1, -2}, 0), "JSON"),
                Arguments.of("a list", SafetensorsBytes.of("[]", 0), "must be an object"),
                Arguments.of("deep", SafetensorsBytes.of("{\"x\":" + "[".repeat(100_000), 0), "JSON"),
                Arguments.of("overlap", SafetensorsBytes.of(X + "[0,4]}" + y + "[2,6]}}", 6), "begins at 2"),
                Arguments.of(
                        "the same bytes twice", SafetensorsBytes.of(X + "[0,4]}" + y + "[0,4]}}", 4), "begins at 0"),
                Arguments.of("hole", SafetensorsBytes.of(X + "[0,4]}" + y + "[8,12]}}", 12), "begins at 8"),
                Arguments.of("behind the end", SafetensorsBytes.of(X + "[0,4]}}", 3), "3 follow the header"),
                Arguments.of("bytes left", SafetensorsBytes.of(X + "[0,4]}}", 5), "5 follow the header"),
                Arguments.of("far behind the end", SafetensorsBytes.of(far(), 4), "follow the header"),
                Arguments.of("negative offset", SafetensorsBytes.of(X + "[-4,0]}}", 4), "outside 0"),
                Arguments.of("end before begin", SafetensorsBytes.of(X + "[4,0]}}", 4), "an end that is not before it"),
                Arguments.of("offset of more than 64 bits", SafetensorsBytes.of(X + "[0,1e30]}}", 4), "whole number"),
                Arguments.of("one offset", SafetensorsBytes.of(X + "[0]}}", 4), "data_offsets"),
                Arguments.of("wrong size", SafetensorsBytes.of(X + "[0,2]}}", 2), "the shape needs 4"),
                Arguments.of("negative shape", SafetensorsBytes.of(shape("[-1]"), 4), "outside 0"),
                Arguments.of(
                        "shape that overflows", SafetensorsBytes.of(shape("[4611686018427387904,8]"), 4), "any file"),
                Arguments.of(
                        "shape that overflows to 4", SafetensorsBytes.of(shape("[4294967297,4294967297]"), 4), "any"),
                Arguments.of(
                        "unknown type", SafetensorsBytes.of(X.replace("F32", "F8_E4M3") + "[0,1]}}", 1), "F8_E4M3"),
                Arguments.of(
                        "a tensor twice",
                        SafetensorsBytes.of(X + "[0,4]}" + X.substring(0, 4).replace("{", ",") + ":{}}", 4),
                        "JSON"));
    }

    private static String far() {
        return "{\"x\":{\"dtype\":\"U8\",\"shape\":[9223372036854775807],\"data_offsets\":[0,9223372036854775807]}}";
    }

    private static String shape(String shape) {
        return X.replace("[1]", shape) + "[0,4]}}";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("headers")
    void aHeaderThatNoToolWritesIsRefused(String defect, byte[] file, String told) throws Exception {
        tiny.write(folder);
        Files.write(folder.resolve("model.safetensors"), file);
        assertThat(refused("model.safetensors", told)).as(defect).hasSizeLessThan(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../model.safetensors",
                "/etc/model.safetensors",
                "sub/model.safetensors",
                "..\\\\model.safetensors",
                ".model.safetensors",
                "model.bin",
                ""
            })
    void anIndexThatNamesAnotherPlaceIsRefused(String name) throws Exception {
        tiny.writeShards(folder);
        index("{\"weight_map\":{\"model.norm.weight\":\"" + name + "\"}}");
        refused("model.safetensors.index.json says that model.norm.weight lies in", "a plain file name");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                     | has no weight_map",
                "[]                                     | has no weight_map",
                "{\"weight_map\":[\"a.safetensors\"]}     | has no weight_map",
                "{\"weight_map\":{}}                    | names 0 files",
                "{\"weight_map\":{\"x\":7}}             | lies in ''",
                "{\"weight_map\":                       | is not JSON",
                "{\"weight_map\":{\"x\":\"gone.safetensors\"}} | gone.safetensors is not there"
            })
    void anIndexThatSaysNothingUsableIsRefused(String index, String told) throws Exception {
        tiny.writeShards(folder);
        index(index);
        refused(told);
    }

    @Test
    void anIndexOfTooManyBytesOrFilesIsRefused() throws Exception {
        tiny.writeShards(folder);
        StringBuilder many = new StringBuilder("{\"weight_map\":{");
        for (int i = 0; i < 513; i++) {
            many.append(i == 0 ? "" : ",")
                    .append("\"")
                    .append(i)
                    .append("\":\"")
                    .append(i)
                    .append(".safetensors\"");
        }
        index(many + "}}");
        refused("names 513 files in its weight_map; 1 to 512 are read");
        index(" ".repeat((8 << 20) + 1));
        refused("has more than 8388608 bytes");
    }

    @Test
    void aTensorInTwoShardsIsRefused() throws Exception {
        tiny.writeShards(folder);
        Files.copy(folder.resolve("model-00001.safetensors"), folder.resolve("model-00003.safetensors"));
        Path index = folder.resolve("model.safetensors.index.json");
        index(Files.readString(index).replaceFirst("\\{\"weight_map\":\\{", "$0\"x\":\"model-00003.safetensors\","));
        refused("lies in", "model-00001.safetensors and in", "model-00003.safetensors");
    }

    @Test
    void aFolderWithoutAFileIsRefusedByTheFilesName() throws Exception {
        for (String each : List.of("model.safetensors", "tokenizer.json", "config.json")) {
            tiny.write(folder);
            Files.delete(folder.resolve(each));
            refused(each);
        }
    }

    @Test
    void shardsAreReadAsOneCheckpoint() throws Exception {
        TinyCheckpoint untied = new TinyCheckpoint(8, false);
        untied.write(folder.resolve("whole"));
        untied.writeShards(folder.resolve("shards"));
        assertThat(weights("shards")).isEqualTo(weights("whole"));
    }

    @ParameterizedTest
    @EnumSource(
            value = TensorInfo.Type.class,
            names = {"F32", "F16", "BF16"})
    void eachFloatTypeIsWidenedExactly(TensorInfo.Type type) throws Exception {
        TinyCheckpoint cut = new TinyCheckpoint(8, false);
        cut.write(folder.resolve("narrow"));
        Files.write(folder.resolve("narrow/model.safetensors"), SafetensorsBytes.of(cut.weights, type));
        for (FloatTensor each : cut.weights.values()) {
            for (int i = 0; i < each.values().length; i++) {
                each.values()[i] = SafetensorsBytes.cut(each.values()[i], type);
            }
        }
        cut.write(folder.resolve("wide"));
        assertThat(weights("narrow")).isEqualTo(weights("wide"));
    }

    private byte[] weights(String name) throws Exception {
        LlamaBase.of(folder.resolve(name), Storing.NEAREST_INT4)
                .write(folder.resolve("base"), new LlamaBase.Naming("tiny", "1", "MIT"), _ -> {});
        return Files.readAllBytes(folder.resolve("base/model.onnx.data"));
    }

    private void index(String json) throws Exception {
        Files.write(folder.resolve("model.safetensors.index.json"), json.getBytes(UTF_8));
    }

    private String refused(String... told) {
        BadArtefactException refusal =
                catchThrowableOfType(BadArtefactException.class, () -> LlamaBase.of(folder, Storing.NEAREST_INT4));
        assertThat(refusal).isNotNull();
        String sentence = String.valueOf(refusal.getMessage());
        assertThat(sentence).contains(told).endsWith(".").doesNotContain("\n");
        return sentence;
    }
}
