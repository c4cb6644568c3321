package dev.picket.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Byte-level BPE as its definition says: split, then merge the pair of lowest rank until none is left. */
final class ReferenceBpe {
    private static final String WHITE =
            "\\t\\n\\u000b\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
    private static final Pattern SPLIT = Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^" + WHITE
            + "\\p{L}\\p{N}]+|[" + WHITE + "]+(?![^" + WHITE + "])|[" + WHITE + "]+");

    private final Map<String, Integer> vocabulary = new HashMap<>();
    private final Map<String, Integer> ranks = new HashMap<>();
    private final String[] alphabet = new String[256];

    ReferenceBpe(Path tokenizerJson) throws IOException {
        JsonNode model = JsonMapper.builder()
                .build()
                .readTree(Files.readAllBytes(tokenizerJson))
                .path("model");
        model.path("vocab")
                .properties()
                .forEach(e -> vocabulary.put(e.getKey(), e.getValue().intValue()));
        for (JsonNode merge : model.path("merges")) {
            ranks.put(merge.textValue(), ranks.size());
        }
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean itself = (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            alphabet[b] = Character.toString(itself ? b : next++);
        }
    }

    long[] ids(String text) {
        List<Long> ids = new ArrayList<>();
        Matcher pieces = SPLIT.matcher(text);
        while (pieces.find()) {
            List<String> parts = new ArrayList<>();
            for (byte b : pieces.group().getBytes(StandardCharsets.UTF_8)) {
                parts.add(alphabet[b & 0xFF]);
            }
            for (int best = lowest(parts); best >= 0; best = lowest(parts)) {
                parts.set(best, parts.get(best) + parts.remove(best + 1));
            }
            parts.forEach(part -> ids.add((long) vocabulary.getOrDefault(part, -1)));
        }
        return ids.stream().mapToLong(Long::longValue).toArray();
    }

    /** The first place of the pair with the lowest rank, or -1. */
    private int lowest(List<String> parts) {
        int best = -1;
        int rank = Integer.MAX_VALUE;
        for (int i = 0; i + 1 < parts.size(); i++) {
            int here = ranks.getOrDefault(parts.get(i) + " " + parts.get(i + 1), Integer.MAX_VALUE);
            if (here < rank) {
                rank = here;
                best = i;
            }
        }
        return best;
    }
}
