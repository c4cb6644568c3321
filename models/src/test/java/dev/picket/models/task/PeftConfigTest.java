package dev.picket.models.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.picket.inference.BadArtefactException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeftConfigTest {
    private static final Path FILE = Path.of("adapter_config.json");
    private static final String UP = "model.layers.1.mlp.up_proj";

    @Test
    void withoutPatternsEachModuleHasTheSameRankAndScale() throws Exception {
        PeftConfig config = read("\"r\": 8, \"lora_alpha\": 16");
        assertThat(config.rank(UP)).isEqualTo(8);
        assertThat(config.scale(UP)).isEqualTo(2);
        assertThat(read("\"r\": 16").scale(UP)).isEqualTo(0.5);
    }

    @Test
    void rankStabilisedLoraDividesByTheRootOfTheModulesOwnRank() throws Exception {
        PeftConfig config =
                read("\"r\": 16, \"lora_alpha\": 8, \"use_rslora\": true, \"rank_pattern\": {\"up_proj\": 64}");
        assertThat(config.scale("model.layers.0.mlp.down_proj")).isEqualTo(2);
        assertThat(config.scale(UP)).isEqualTo(1);
    }

    /** What Python says of {@code re.match(rf"(.*\.)?({key})$", path)}. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "up_proj, true",
                "mlp.up_proj, true",
                "model.layers.1.mlp.up_proj, true",
                "p_proj, false",
                "up_pro, false",
                "mlp, false",
                "layers.0.mlp.up_proj, false",
                "layers\\\\.[01]\\\\..*up_proj, true",
                "layers\\\\.(0|2)\\\\..*, false",
                "^model.layers.1.*, true",
                "^layers.1.*, false",
                "q_proj|up_proj, true",
            })
    void aPatternMatchesThePathOrItsLastPartsAsPeftDoesIt(String key, boolean matches) throws Exception {
        PeftConfig config = read("\"r\": 8, \"lora_alpha\": 8, \"rank_pattern\": {\"" + key + "\": 2}");
        assertThat(config.rank(UP)).isEqualTo(matches ? 2 : 8);
        assertThat(config.scale(UP)).isEqualTo(matches ? 4 : 1);
    }

    @Test
    void theFirstOfTwoPatternsThatMatchCountsAndRanksAndAlphasMatchEachForThemselves() throws Exception {
        PeftConfig config = read("\"r\": 8, \"lora_alpha\": 8, \"rank_pattern\": {\"mlp.up_proj\": 4, \"up_proj\": 2},"
                + " \"alpha_pattern\": {\"q_proj\": 5, \".*1.mlp.*\": 6.5}");
        assertThat(config.rank(UP)).isEqualTo(4);
        assertThat(config.rank("model.up_proj")).isEqualTo(2);
        assertThat(config.scale(UP)).isCloseTo(6.5 / 4, within(1e-12));
        assertThat(config.scale("model.layers.0.self_attn.q_proj")).isCloseTo(5 / 8.0, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "use_dora": true                          | use_dora is set, and DoRA is not supported.
                    "bias": "all"                             | bias is 'all', and only 'none' is supported.
                    "bias": "lora_only"                       | bias is 'lora_only', and only 'none' is supported.
                    "lora_bias": true                         | lora_bias is set, and a bias of B is not supported.
                    "use_qalora": true                        | use_qalora is set, and QALoRA is not supported.
                    "layer_replication": [[0, 2]]             | layer_replication is set, and replicated layers is not supported.
                    "trainable_token_indices": [3]            | trainable_token_indices is set, and trained tokens is not supported.
                    "target_parameters": ["experts.w1"]       | target_parameters is set, and LoRA on bare parameters is not supported.
                    "modules_to_save": ["score", "lm_head"]   | modules_to_save names 'lm_head', and only a head (score, classifier, head) is supported.
                    "modules_to_save": ["embed_tokens"]       | modules_to_save names 'embed_tokens', and only a head (score, classifier, head) is supported.
                    "modules_to_save": "score"                | modules_to_save is no list.
                    "init_lora_weights": "pissa_niter_16"     | init_lora_weights is 'pissa_niter_16', which changes the base's own weights; save it converted to plain LoRA.
                    "r": 0                                    | r is 0, a whole number from 1 to 16384 is needed.
                    "r": "8"                                  | r is "8", a whole number from 1 to 16384 is needed.
                    "r": 8.5                                  | r is 8.5, a whole number from 1 to 16384 is needed.
                    "r": 99999999999                          | r is 99999999999, a whole number from 1 to 16384 is needed.
                    "lora_alpha": -1                          | lora_alpha is -1, a number above 0 is needed.
                    "lora_alpha": null                        | lora_alpha is null, a number above 0 is needed.
                    "rank_pattern": [1]                       | rank_pattern is no object of at most 4096 entries.
                    "rank_pattern": {"a": 0}                  | rank_pattern.a is 0, a whole number from 1 to 16384 is needed.
                    "alpha_pattern": {"a": "b"}               | alpha_pattern.a is "b", a number above 0 is needed.
                    "peft_type": "IA3"                        | peft_type must be LORA.
                    """)
    void whatWouldComputeSomethingElseIsRefusedByItsName(String line, String sentence) {
        assertThatThrownBy(
                        () -> PeftConfig.read(FILE, ("{" + base(line) + line + "}").getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage("adapter_config.json: " + sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"r": 8                                  | adapter_config.json is not JSON.
                    ``                                       | adapter_config.json is no JSON object.
                    [1]                                      | adapter_config.json is no JSON object.
                    null                                     | adapter_config.json is no JSON object.
                    {"peft_type": "LORA", "r": 2, "rank_pattern": {"(": 1}} | adapter_config.json: the key '(' of rank_pattern is no regular expression.
                    {"peft_type": "LORA"}                    | adapter_config.json: r is missing, a whole number from 1 to 16384 is needed.
                    """)
    void aConfigThatIsNoneIsOneSentence(String text, String sentence) {
        assertThatThrownBy(() -> PeftConfig.read(FILE, text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage(sentence);
    }

    @Test
    void whatPeftWritesForThingsThatAreNotUsedIsNoVariant() throws Exception {
        assertThat(
                        read("\"r\": 8, \"use_dora\": false, \"layer_replication\": null, \"loftq_config\": {}, \"bias\": \"none\","
                                        + " \"rank_pattern\": {}, \"modules_to_save\": null, \"megatron_config\": null,"
                                        + " \"init_lora_weights\": true, \"trainable_token_indices\": null, \"target_parameters\": []")
                                .rank(UP))
                .isEqualTo(8);
    }

    /** The other keys that are needed, unless the line gives them. */
    private static String base(String line) {
        String type = line.contains("peft_type") ? "" : "\"peft_type\": \"LORA\", ";
        return type + (line.startsWith("\"r\"") ? "" : "\"r\": 4, ");
    }

    private static PeftConfig read(String keys) throws BadArtefactException {
        return PeftConfig.read(FILE, ("{\"peft_type\": \"LORA\", " + keys + "}").getBytes(StandardCharsets.UTF_8));
    }
}
