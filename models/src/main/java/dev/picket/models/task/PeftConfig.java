package dev.picket.models.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * {@code adapter_config.json} of PEFT, as far as it changes what an adapter computes. A module's rank is the first entry of {@code
 * rank_pattern} whose key matches the module's path, else {@code r}; its alpha likewise. A key matches as PEFT matches it: as a regular
 * expression for the path or for the last parts of it, {@code (.*\.)?(key)$} ({@code peft.utils.get_pattern_key}). B is scaled by
 * alpha / rank, with rsLoRA by alpha / sqrt(rank) (Kalajdzievski 2023, "A Rank Stabilization Scaling Factor").
 *
 * <p>Whatever would compute something else than {@code W x + scale B (A x)} is refused by its name.
 */
final class PeftConfig {
    private static final int MAX_RANK = 1 << 14;
    private static final int MAX_PATTERNS = 4096;
    private static final int MAX_PATTERN_CHARACTERS = 512;

    /** Flags that stand for another computation, by what people call them. */
    private static final Map<String, String> OTHER = Map.ofEntries(
            Map.entry("use_dora", "DoRA"),
            Map.entry("use_qalora", "QALoRA"),
            Map.entry("lora_bias", "a bias of B"),
            Map.entry("fan_in_fan_out", "weights that are stored the other way round (fan_in_fan_out)"),
            Map.entry("layer_replication", "replicated layers"),
            Map.entry("trainable_token_indices", "trained tokens"),
            Map.entry("target_parameters", "LoRA on bare parameters"),
            Map.entry("alora_invocation_tokens", "activated LoRA"),
            Map.entry("megatron_config", "Megatron's parallel layers"),
            Map.entry("arrow_config", "Arrow"),
            Map.entry("velora_config", "VeLoRA"));

    /** Ways to begin that change the base's own weights; the base here was made without that. */
    private static final List<String> CHANGES_BASE = List.of("pissa", "olora", "corda", "loftq", "lora_ga");

    /** Names under which PEFT and Transformers save the layer that gives the labels. */
    static final List<String> HEADS = List.of("score", "classifier", "head");

    /** PEFT's own, whatever the rank. */
    private static final double DEFAULT_ALPHA = 8;

    private final Path file;
    private final int rank;
    private final double alpha;
    private final boolean stabilised;
    private final Map<Pattern, Double> ranks;
    private final Map<Pattern, Double> alphas;

    private PeftConfig(Path file, JsonNode config) throws BadArtefactException {
        this.file = file;
        require("LORA".equals(config.path("peft_type").asText()), "peft_type must be LORA");
        refuseOthers(config);
        this.rank = (int) number("r", config.path("r"), true);
        this.alpha = config.path("lora_alpha").isMissingNode()
                ? DEFAULT_ALPHA
                : number("lora_alpha", config.path("lora_alpha"), false);
        this.stabilised = flag(config.path("use_rslora"));
        this.ranks = patterns(config, "rank_pattern", true);
        this.alphas = patterns(config, "alpha_pattern", false);
    }

    static PeftConfig read(Path file, byte[] bytes) throws BadArtefactException {
        JsonNode config;
        try {
            config = JsonMapper.builder().build().readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new BadArtefactException(file + " is not JSON.", e);
        } catch (IOException e) {
            throw new BadArtefactException(file + " is not text.", e);
        }
        if (config == null || !config.isObject()) {
            throw new BadArtefactException(file + " is no JSON object.");
        }
        return new PeftConfig(file, config);
    }

    private void refuseOthers(JsonNode config) throws BadArtefactException {
        for (Map.Entry<String, String> each : OTHER.entrySet()) {
            require(
                    !flag(config.path(each.getKey())),
                    each.getKey() + " is set, and " + each.getValue() + " is not supported");
        }
        String bias = config.path("bias").asText("none");
        require("none".equals(bias), "bias is '" + bias + "', and only 'none' is supported");
        String begun = config.path("init_lora_weights").asText("");
        for (String name : CHANGES_BASE) {
            require(
                    !begun.startsWith(name),
                    "init_lora_weights is '" + begun
                            + "', which changes the base's own weights; save it converted to plain LoRA");
        }
        JsonNode saved = config.path("modules_to_save");
        require(saved.isMissingNode() || saved.isNull() || saved.isArray(), "modules_to_save is no list");
        for (JsonNode each : saved) {
            require(
                    HEADS.contains(each.asText()),
                    "modules_to_save names '" + each.asText() + "', and only a head (" + String.join(", ", HEADS)
                            + ") is supported");
        }
    }

    /** Null, false, and empty lists and objects are what PEFT writes for what is not used. */
    private static boolean flag(JsonNode value) {
        return value.isContainerNode()
                ? !value.isEmpty()
                : !value.isNull() && !value.isMissingNode() && value.asBoolean(true);
    }

    private double number(String name, JsonNode value, boolean isRank) throws BadArtefactException {
        boolean good = value.isNumber()
                && value.doubleValue() > 0
                && value.doubleValue() <= Integer.MAX_VALUE
                && (!isRank || (value.isIntegralNumber() && value.intValue() <= MAX_RANK));
        require(
                good,
                name + " is " + (value.isMissingNode() ? "missing" : value) + ", a "
                        + (isRank ? "whole number from 1 to " + MAX_RANK : "number above 0") + " is needed");
        return value.doubleValue();
    }

    private Map<Pattern, Double> patterns(JsonNode config, String name, boolean areRanks) throws BadArtefactException {
        JsonNode node = config.path(name);
        require(
                node.isMissingNode() || node.isNull() || (node.isObject() && node.size() <= MAX_PATTERNS),
                name + " is no object of at most " + MAX_PATTERNS + " entries");
        Map<Pattern, Double> patterns = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each : node.properties()) {
            String key = each.getKey();
            require(key.length() <= MAX_PATTERN_CHARACTERS, name + " has a key of " + key.length() + " characters");
            try {
                patterns.put(
                        Pattern.compile("(.*\\.)?(" + key + ")"), number(name + "." + key, each.getValue(), areRanks));
            } catch (PatternSyntaxException e) {
                throw new BadArtefactException(
                        file + ": the key '" + key + "' of " + name + " is no regular expression.", e);
            }
        }
        return patterns;
    }

    /** The rank of a module's pair. */
    int rank(String module) {
        Double own = first(ranks, module);
        return own == null ? rank : own.intValue();
    }

    /** What a module's B is multiplied by. */
    double scale(String module) {
        Double own = first(alphas, module);
        double divisor = stabilised ? Math.sqrt(rank(module)) : rank(module);
        return (own == null ? alpha : own) / divisor;
    }

    private static @Nullable Double first(Map<Pattern, Double> patterns, String module) {
        for (Map.Entry<Pattern, Double> each : patterns.entrySet()) {
            if (each.getKey().matcher(module).matches()) {
                return each.getValue();
            }
        }
        return null;
    }

    private void require(boolean held, String what) throws BadArtefactException {
        if (!held) {
            throw new BadArtefactException(file + ": " + what + ".");
        }
    }
}
