package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.codec.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the trainer reads before it trains, with empty modules in PyTorch's place. */
class LoraScriptTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String CONFIG = "{\"architectures\": [\"LlamaForCausalLM\"], \"tie_word_embeddings\": true}";

    @TempDir
    private Path folder;

    @BeforeEach
    void aCheckpointItsBaseAndEmptyModules() throws Exception {
        Python.assumeThere();
        Files.createDirectories(folder.resolve("modules/torch/nn"));
        Files.writeString(
                folder.resolve("modules/torch/__init__.py"),
                "from . import nn\nmanual_seed = set_num_threads = lambda n: None\n");
        Files.writeString(folder.resolve("modules/torch/nn/__init__.py"), "class Module: pass\nclass Linear: pass\n");
        Files.writeString(folder.resolve("modules/torch/nn/functional.py"), "");
        Files.writeString(folder.resolve("modules/numpy.py"), "");
        byte[] weights = "weights".getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve("model.safetensors"), weights);
        Files.writeString(
                folder.resolve("base.json"),
                "{\"madeBy\": {\"checkpoint\": \"" + Sha256.of(weights)
                        + "\"}, \"quantisation\": {\"scheme\": \"int4\"}}");
        Files.writeString(folder.resolve("config.json"), CONFIG);
    }

    @Test
    void whatIsMissingOrReadOtherwiseIsOneSentence() throws Exception {
        assertThat(trained()).startsWith("lora.py: ").contains("'vocab_size' is missing");
        for (String rope : List.of(
                "\"rope_parameters\": {\"rope_type\": \"llama3\", \"factor\": 8.0}",
                "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.0}",
                "\"rope_parameters\": {\"partial_rotary_factor\": 0.5}")) {
            Files.writeString(folder.resolve("config.json"), CONFIG.replace("}", ", " + rope + "}"));
            assertThat(trained()).as(rope).contains("plain RoPE only");
        }
        Files.writeString(folder.resolve("config.json"), "{");
        assertThat(trained()).startsWith("lora.py: Expecting");
        Files.delete(folder.resolve("model.safetensors"));
        assertThat(trained()).contains("holds no model.safetensors");
        Files.delete(folder.resolve("base.json"));
        assertThat(trained()).contains("No such file").contains("base.json");
    }

    @Test
    void aPrefixIsCutAtAddedTokensAsTheDeviceCutsIt() throws Exception {
        ObjectNode tokenizer = (ObjectNode) JSON.readTree(Files.readAllBytes(Released.BASE.resolve("tokenizer.json")));
        String asked = "e, a = lora.read_encoder(" + quoted(folder) + ")\n"
                + "print([lora.around(t, e, a) == w for t, w in (('<s>', [1]), ('<s>line 7</s>',"
                + " [1, *e.encode('line 7'), 2]), ('line', e.encode('line')), ('', []))])";
        write(tokenizer);
        assertThat(said(asked)).isEqualTo("[True, True, True, True]");
        ((ObjectNode) tokenizer.path("added_tokens").path(1)).put("lstrip", true);
        write(tokenizer);
        assertThat(said(asked)).contains("takes white space or words with it");
    }

    @Test
    void aTokenizerThatCutsTextsOtherwiseIsRefused() throws Exception {
        JsonNode released = JSON.readTree(Files.readAllBytes(Released.BASE.resolve("tokenizer.json")));
        for (String each : List.of(
                "{\"normalizer\": {\"type\": \"NFC\"}}",
                "{\"pre_tokenizer\": {\"type\": \"Metaspace\"}}",
                "{\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": true, \"use_regex\": true}}",
                "{\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Digits\"},"
                        + " {\"type\": \"ByteLevel\", \"add_prefix_space\": false}]}}")) {
            ObjectNode other = released.deepCopy();
            write(other.setAll((ObjectNode) JSON.readTree(each)));
            assertThat(said("lora.read_encoder(" + quoted(folder) + ")"))
                    .as(each)
                    .contains("with the split of ByteLevel only");
        }
    }

    private void write(JsonNode tokenizer) throws Exception {
        Files.write(folder.resolve("tokenizer.json"), JSON.writeValueAsBytes(tokenizer));
    }

    private static String quoted(Path path) {
        return "'" + path + "'";
    }

    /** What the trainer says when it is run as 'workshop train --lora' runs it. */
    private String trained() throws Exception {
        List<String> command =
                new ArrayList<>(List.of(Python.RECIPES.resolve("lora.py").toString()));
        for (String each : List.of("base", "checkpoint", "train", "dev", "out")) {
            command.add("--" + each + "=" + folder);
        }
        command.addAll(List.of("--prefix=<s>", "--suffix=</s>"));
        String said = python(command);
        assertThat(said).doesNotContain("Traceback", "\n");
        return said;
    }

    private String said(String lines) throws Exception {
        return python(List.of("-c", "import lora\n" + lines));
    }

    private String python(List<String> arguments) throws Exception {
        return Python.run(folder.resolve("modules") + ":" + Python.RECIPES, arguments);
    }
}
