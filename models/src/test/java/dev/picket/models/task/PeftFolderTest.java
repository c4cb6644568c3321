package dev.picket.models.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.HeapRoom;
import dev.picket.inference.codec.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeftFolderTest {
    private static final BaseManifest BASE = new BaseManifest(
            "tiny",
            "0.0.1",
            "LlamaForCausalLM",
            new BaseManifest.Quantisation("int4", 32, true, 4),
            64,
            new BaseManifest.Graph(BaseManifest.CONTRACT, 1, 1, 8, 2, 16, List.of("model.layers.0.mlp.up_proj")),
            List.of(),
            "Apache-2.0",
            JsonNodeFactory.instance.objectNode());

    @TempDir
    private Path folder;

    private final Map<String, FloatTensor> tensors = new LinkedHashMap<>();

    @BeforeEach
    void aPairOfRankTwoAndAHead() throws Exception {
        put("model.layers.0.mlp.up_proj.lora_A.weight", 2, 3, 1, 2, 3, 4, 5, 6);
        put("model.layers.0.mlp.up_proj.lora_B.weight", 4, 2, 1, 2, 3, 4, 5, 6, 7, 8);
        put("score.weight", 3, 2, 1, 2, 3, 4, 5, 6);
        write("{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 3, \"modules_to_save\": [\"score\"]}");
    }

    @Test
    void matricesAreTurnedAndAlphaOverRankIsFoldedIntoB() throws Exception {
        Map<String, FloatTensor> made = new PeftFolder(folder).adapter(BASE).parameters();
        FloatTensor a = named(made, "model.layers.0.mlp.up_proj.lora_A");
        FloatTensor b = named(made, "model.layers.0.mlp.up_proj.lora_B");
        assertThat(made).hasSize(2);
        assertThat(a.shape()).containsExactly(3L, 2L);
        assertThat(a.values()).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(b.shape()).containsExactly(2L, 4L);
        assertThat(b.values()).containsExactly(1.5f, 4.5f, 7.5f, 10.5f, 3, 6, 9, 12);
    }

    @Test
    void aHeadWithoutABiasGetsZeros() throws Exception {
        Map<String, FloatTensor> head = new PeftFolder(folder).head(3, 2);
        assertThat(named(head, "weight").values()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(named(head, "bias").values()).containsExactly(0, 0, 0);
        assertThatThrownBy(() -> new PeftFolder(folder).head(2, 2))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining("[3, 2]");
    }

    @Test
    void aPairForAModuleThatTheBaseDoesNotAdaptIsRefused() throws Exception {
        put("lm_head.lora_A.weight", 2, 3, 1, 2, 3, 4, 5, 6);
        put("lm_head.lora_B.weight", 4, 2, 1, 2, 3, 4, 5, 6, 7, 8);
        write("{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 3}");
        assertThatThrownBy(() -> new PeftFolder(folder).adapter(BASE)).hasMessageContaining("lm_head.lora_A");
    }

    @Test
    void eachModuleHasTheRankAndAlphaThatItsPatternGivesItAndRsLoraTakesTheRoot() throws Exception {
        put("model.layers.0.mlp.up_proj.lora_A.weight", 4, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        put("model.layers.0.mlp.up_proj.lora_B.weight", 1, 4, 1, 2, 3, 4);
        write("{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 3, \"use_rslora\": true,"
                + " \"rank_pattern\": {\"mlp.up_proj\": 4}, \"alpha_pattern\": {\"up_proj\": 6}}");
        Map<String, FloatTensor> made = new PeftFolder(folder).adapter(BASE).parameters();
        assertThat(named(made, "model.layers.0.mlp.up_proj.lora_A").shape()).containsExactly(3L, 4L);
        assertThat(named(made, "model.layers.0.mlp.up_proj.lora_B").values()).containsExactly(3, 6, 9, 12);
    }

    @Test
    void aMatrixOfAnotherRankThanTheConfigSaysIsRefused() throws Exception {
        write("{\"peft_type\": \"LORA\", \"r\": 2, \"rank_pattern\": {\"up_proj\": 4}}");
        assertThatThrownBy(() -> new PeftFolder(folder).adapter(BASE))
                .hasMessage(
                        folder + " cannot be made into a task: model.layers.0.mlp.up_proj has a LoRA matrix of shape"
                                + " [2, 3] where its rank is 4.");
    }

    @Test
    void aTensorThatNobodyWouldReadIsRefusedByItsName() throws Exception {
        for (String name : List.of(
                "model.embed_tokens.lora_embedding_A",
                "model.layers.0.mlp.up_proj.lora_magnitude_vector.weight",
                "model.layers.0.mlp.up_proj.bias",
                "classifier.dense.weight",
                "lm_head.weight")) {
            tensors.clear();
            put(name, 1, 1, 1);
            write("{\"peft_type\": \"LORA\", \"r\": 2}");
            assertThatThrownBy(() -> new PeftFolder(folder))
                    .isInstanceOf(BadArtefactException.class)
                    .hasMessageContaining(name)
                    .hasMessageEndingWith(".");
        }
    }

    @Test
    void aNumberThatIsNoneAndTheSameTensorUnderTwoNamesAreRefused() throws Exception {
        put("score.weight", 1, 2, 1, Float.NaN);
        write("{\"peft_type\": \"LORA\", \"r\": 2}");
        assertThatThrownBy(() -> new PeftFolder(folder))
                .hasMessageContaining("'base_model.model.score.weight' holds NaN");
        put("score.weight", 1, 2, 1, 2);
        put("score.modules_to_save.default.weight", 1, 2, 1, 2);
        write("{\"peft_type\": \"LORA\", \"r\": 2}");
        assertThatThrownBy(() -> new PeftFolder(folder)).hasMessageContaining("twice");
    }

    @Test
    void twoHeadsNoPairAndABiasOfAnotherLengthAreRefused() throws Exception {
        put("classifier.weight", 3, 2, 1, 2, 3, 4, 5, 6);
        write("{\"peft_type\": \"LORA\", \"r\": 2}");
        assertThatThrownBy(() -> new PeftFolder(folder).head(3, 2))
                .hasMessageContaining("the heads [score, classifier]");
        tensors.clear();
        put("score.weight", 3, 2, 1, 2, 3, 4, 5, 6);
        tensors.put("base_model.model.score.bias", new FloatTensor(List.of(2L), new float[2]));
        write("{\"peft_type\": \"LORA\", \"r\": 2}");
        assertThatThrownBy(() -> new PeftFolder(folder).head(3, 2)).hasMessageContaining("bias has the shape [2]");
        assertThatThrownBy(() -> new PeftFolder(folder).adapter(BASE)).hasMessageContaining("it holds no LoRA pair");
    }

    @Test
    void aVariantThatComputesSomethingElseIsRefused() throws Exception {
        write("{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 3, \"use_dora\": true}");
        assertThatThrownBy(() -> new PeftFolder(folder)).hasMessageContaining("use_dora");
    }

    @Test
    void weightsThatTheHeapHasNoRoomForAsFloat32AreRefusedBeforeTheyAreRead() throws Exception {
        long numbers = 2 * 3 + 4 * 2 + 3 * 2;
        assertThat(new PeftFolder(folder, new HeapRoom(2 * 3 * 4 * numbers))
                        .adapter(BASE)
                        .parameters())
                .hasSize(2);
        assertThatThrownBy(() -> new PeftFolder(folder, new HeapRoom(2 * 3 * 4 * numbers - 1)))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContainingAll("adapter_model.safetensors has 80 bytes", "up to 3 times as much heap");
    }

    private static FloatTensor named(Map<String, FloatTensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    private void put(String name, int rows, int columns, float... values) {
        tensors.put("base_model.model." + name, new FloatTensor(List.of((long) rows, (long) columns), values));
    }

    private void write(String config) throws Exception {
        Files.writeString(folder.resolve("adapter_config.json"), config);
        Files.write(folder.resolve("adapter_model.safetensors"), Safetensors.write(tensors));
    }
}
