package dev.picket.inference.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a calibration is bound to: everything that can change a score. SHA-256 of JSON with sorted keys, no spaces, UTF-8:
 *
 * <pre>
 * {"adapter":sha|null,"base":digest,"head":sha|null,"kind":"head",
 *  "labels":[{"name":"ham","tokens":[12]|null},…],
 *  "prompt":{"maxTextTokens":256,"prefix":"…","suffix":"…"}}
 * </pre>
 *
 * A head with a wide part has another key behind them, {@code "wide":{"buckets":…,…}}.
 */
public final class ScoringDigest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ScoringDigest() {}

    /**
     * The digest of one way of scoring.
     *
     * @param baseDigest SHA-256 of base.json
     * @param adapter SHA-256 of the adapter, null without one
     * @param head SHA-256 of the head, null without one
     * @param labels names in order
     * @return 64 lower-case hex characters
     */
    public static String of(
            String baseDigest,
            @Nullable String adapter,
            @Nullable String head,
            Scoring scoring,
            List<String> labels,
            TaskManifest.Prompt prompt) {
        Map<String, @Nullable Object> all = new TreeMap<>();
        all.put("adapter", adapter);
        all.put("base", baseDigest);
        all.put("head", head);
        all.put("kind", scoring.wireName());
        all.put("labels", labels(scoring, labels));
        all.put(
                "prompt",
                new TreeMap<>(Map.of(
                        "maxTextTokens", prompt.maxTextTokens(),
                        "prefix", prompt.prefix(),
                        "suffix", prompt.suffix())));
        if (scoring instanceof Scoring.Head(Scoring.Wide wide) && wide != null) {
            all.put(
                    "wide",
                    new TreeMap<>(Map.of(
                            "buckets", wide.buckets(),
                            "features", Scoring.Wide.FEATURES,
                            "maxCharacters", wide.maxCharacters(),
                            "maxTextCharacters", wide.maxTextCharacters(),
                            "minCharacters", wide.minCharacters(),
                            "words", wide.words())));
        }
        try {
            return Sha256.of(JSON.writeValueAsString(all).getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Maps of texts and numbers are always JSON", e);
        }
    }

    private static List<Map<String, @Nullable Object>> labels(Scoring scoring, List<String> names) {
        List<Map<String, @Nullable Object>> labels = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Map<String, @Nullable Object> label = new TreeMap<>();
            label.put("name", names.get(i));
            label.put(
                    "tokens",
                    scoring instanceof Scoring.Verbaliser(List<Scoring.Word> words)
                            ? words.get(i).tokens()
                            : null);
            labels.add(label);
        }
        return labels;
    }
}
