package dev.picket.models.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read out of config.json, and what is refused rather than ignored. */
class LlamaConfigFileTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"hidden_act\":\"silu\"      | \"hidden_act\":\"gelu\"                     | hidden_act must be silu",
                "\"hidden_act\":\"silu\"      | \"attention_bias\":true                   | attention_bias is not what a LlamaForCausalLM has",
                "\"hidden_act\":\"silu\"      | \"attention_bias\":\"yes\"                  | attention_bias must be true or false",
                "\"hidden_act\":\"silu\"      | \"mlp_bias\":true                         | mlp_bias is not exported",
                "\"hidden_act\":\"silu\"      | \"partial_rotary_factor\":0.5             | partial_rotary_factor is not exported",
                "\"hidden_act\":\"silu\"      | \"quantization_config\":{}                | it is quantised already",
                "\"hidden_act\":\"silu\"      | \"layer_types\":[\"chunked_attention\"]     | layer_types has 'chunked_attention'",
                "\"rope_scaling\":null        | \"rope_scaling\":{\"rope_type\":\"yarn\"}     | 'yarn' is not exported",
                "\"rope_scaling\":null        | \"rope_scaling\":{\"type\":\"dynamic\"}       | 'dynamic' is not exported",
                "\"rope_scaling\":null        | \"rope_parameters\":{\"rope_type\":\"yarn\"}  | 'yarn' is not exported",
                "\"rope_scaling\":null        | \"rope_scaling\":{\"type\":\"linear\"}        | needs a factor of 1 or more",
                "\"rope_scaling\":null        | \"rope_scaling\":{\"type\":\"linear\",\"factor\":0.5} | needs a factor of 1 or more",
                "\"rope_scaling\":null        | \"rope_scaling\":{\"type\":\"llama3\",\"factor\":8} | low_freq_factor",
                "\"rope_scaling\":null        | \"rope_scaling\":{\"type\":7}             | type must be a text",
                "\"rope_theta\":10000.0       | \"rope_theta\":0                          | rope_theta must be greater than 1",
                "\"rope_theta\":10000.0       | \"rope_theta\":1e999                      | rope_theta must be greater than 1",
                "\"rope_theta\":10000.0       | \"rope_theta\":\"big\"                      | rope_theta must be a number",
                "\"rms_norm_eps\":0.05        | \"rms_norm_eps\":-1                       | rms_norm_eps must lie between 0 and 1",
                "LlamaForCausalLM             | GptNeoXForCausalLM                        | 'GptNeoXForCausalLM'; import reads LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM",
                "\"num_hidden_layers\":3      | \"num_hidden_layers\":-3                  | num_hidden_layers must be a whole number from 1 to 1024",
                "\"num_hidden_layers\":3      | \"num_hidden_layers\":2.5                 | num_hidden_layers must be",
                "\"num_hidden_layers\":3,     | ``                                        | num_hidden_layers must be",
                "\"vocab_size\":96            | \"vocab_size\":2147483647                 | vocab_size must be",
                "\"vocab_size\":96,\"hidden_size\":64 | \"vocab_size\":16777216,\"hidden_size\":131072 | would have more than 2147483648 weights",
                "\"num_key_value_heads\":2    | \"num_key_value_heads\":3                 | must be a multiple of num_key_value_heads",
                "\"head_dim\":16              | \"head_dim\":12                           | head_dim must be a multiple of 8",
                "\"hidden_size\":64           | \"hidden_size\":72                        | multiples of the block, 32",
                "\"tie_word_embeddings\":true | \"tie_word_embeddings\":\"true\"             | tie_word_embeddings must be true or false",
                "{\"architectures\":           | [\"architectures\":                       | is not JSON"
            })
    void whatWouldChangeTheArithmeticIsRefusedInASentence(String was, String becomes, String told) throws Exception {
        write(was, becomes);
        assertThatThrownBy(() -> LlamaConfigFile.read(folder, 64))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining(told)
                .hasMessageStartingWith(folder.resolve("config.json").toString())
                .hasMessageEndingWith(".")
                .hasMessageNotContaining("\n");
    }

    @Test
    void theContextIsTheSmallestOfWhatTheModelHasWhatIsAskedForAndTheWindow() throws Exception {
        write("", "");
        assertThat(LlamaConfigFile.read(folder, 4096).context()).isEqualTo(64);
        assertThat(LlamaConfigFile.read(folder, 32).context()).isEqualTo(32);
        write("LlamaForCausalLM", "MistralForCausalLM");
        replace("\"hidden_act\"", "\"sliding_window\":16,\"hidden_act\"");
        assertThat(LlamaConfigFile.read(folder, 32).context()).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "MistralForCausalLM | \"x\":0                                                       | 4096",
                "MistralForCausalLM | \"sliding_window\":null                                       | 9000",
                "MistralForCausalLM | \"sliding_window\":5000                                       | 5000",
                "Qwen2ForCausalLM   | \"sliding_window\":5000                                       | 9000",
                "Qwen2ForCausalLM   | \"sliding_window\":5000,\"use_sliding_window\":false          | 9000",
                "Qwen2ForCausalLM   | \"sliding_window\":5000,\"use_sliding_window\":true           | 5000",
                "Qwen3ForCausalLM   | \"sliding_window\":5000,\"layer_types\":[\"full_attention\",\"sliding_attention\"] | 5000",
                "Qwen3ForCausalLM   | \"sliding_window\":5000,\"layer_types\":[\"full_attention\"]  | 9000"
            })
    void aWindowCountsWhereTheModelUsesIt(String architecture, String keys, int context) throws Exception {
        write("LlamaForCausalLM", architecture);
        replace("\"max_position_embeddings\":64", "\"max_position_embeddings\":9000," + keys);
        assertThat(LlamaConfigFile.read(folder, 1 << 20).context()).isEqualTo(context);
    }

    @Test
    void aKeyThatIsNotThereMeansWhatItMeansToTheModelsClass() throws Exception {
        write("\"head_dim\":16,", "");
        replace("\"num_key_value_heads\":2,", "");
        replace("\"rope_theta\":10000.0,", "");
        replace("\"rms_norm_eps\":0.05,", "");
        replace(",\"tie_word_embeddings\":true", "");
        LlamaConfig config = LlamaConfigFile.read(folder, 64);
        assertThat(config.headSize()).isEqualTo(16);
        assertThat(config.kvHeads()).isEqualTo(4);
        assertThat(config.rope()).isEqualTo(new Rope(10_000));
        assertThat(config.epsilon()).isEqualTo(1e-6f);
        assertThat(config.tied()).isFalse();
        replace("LlamaForCausalLM", "Qwen3ForCausalLM");
        assertThat(LlamaConfigFile.read(folder, 64).headSize()).isEqualTo(128);
    }

    @Test
    void ropeIsReadUnderTheOldKeysAndTheNew() throws Exception {
        Rope.Scaling scaling = new Rope.Llama3(8, 1, 4, 8192);
        String keys = "\"factor\":8.0,\"low_freq_factor\":1.0,\"high_freq_factor\":4.0,"
                + "\"original_max_position_embeddings\":8192,\"rope_type\":\"llama3\"";
        write("\"rope_scaling\":null", "\"rope_scaling\":{" + keys + "}");
        assertThat(LlamaConfigFile.read(folder, 64).rope()).isEqualTo(new Rope(10_000, scaling));
        write("\"rope_scaling\":null", "\"rope_parameters\":{\"rope_theta\":500000.0," + keys + "}");
        assertThat(LlamaConfigFile.read(folder, 64).rope()).isEqualTo(new Rope(500_000, scaling));
    }

    @Test
    void aHeadSizeOtherThanTheWidthOverTheHeadsIsTakenFromTheConfiguration() throws Exception {
        new TinyCheckpoint(8, TinyCheckpoint.config(Architecture.MISTRAL, new Rope(1e6), 32, false)).write(folder);
        assertThat(LlamaBase.of(folder, Storing.NEAREST_INT4).context()).isEqualTo(64);
        replace("\"head_dim\":32,", "");
        assertThatThrownBy(() -> LlamaBase.of(folder, Storing.NEAREST_INT4))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining("model.layers.0.self_attn.q_proj.weight")
                .hasMessageContaining("[128, 64], but config.json asks for [64, 64]");
    }

    @Test
    void aConfigurationOfManyBytesIsRefused() throws Exception {
        write("", " ".repeat(1 << 20));
        assertThatThrownBy(() -> LlamaConfigFile.read(folder, 64)).hasMessageContaining("more than 1048576 bytes");
    }

    private void write(String was, String becomes) throws Exception {
        new TinyCheckpoint(8, true).write(folder);
        replace(was, becomes);
    }

    private void replace(String was, String becomes) throws Exception {
        Path config = folder.resolve("config.json");
        String json = Files.readString(config);
        assertThat(json).contains(was);
        Files.writeString(config, was.isEmpty() ? json + becomes : json.replace(was, becomes));
    }
}
