package dev.picket.inference.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * A {@code tokenizer.json} in the two forms that prompts need: whole, and without its added tokens, so that a control
 * token that stands in somebody's text stays text. Truncation and padding are taken out of both.
 *
 * @param whole bytes for the prompt's own parts
 * @param textOnly bytes for texts
 * @param longestToken characters of the longest token that a text can give
 * @param highestId of a token that a text can give
 * @param controls special tokens by id
 */
@SuppressWarnings("ArrayRecordComponent") // made once a load, never compared
record TokenizerJson(byte[] whole, byte[] textOnly, int longestToken, long highestId, Map<Long, String> controls) {
    /** Of a real vocabulary the longest are runs of some hundred spaces; what is longer takes the library minutes. */
    private static final int MAX_TOKEN_CHARACTERS = 2048;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static TokenizerJson parse(byte[] bytes) throws BadArtefactException {
        try {
            JsonNode node = JSON.readTree(bytes);
            JsonNode vocabulary = node.path("model").path("vocab");
            if (!(node instanceof ObjectNode top) || vocabulary.isEmpty()) {
                throw new BadArtefactException("tokenizer.json: $.model.vocab is missing or empty.");
            }
            top.putNull("truncation");
            top.putNull("padding");
            int longest = longest(vocabulary);
            requireShort("model.vocab", longest);
            byte[] whole = JSON.writeValueAsBytes(top);
            Map<Long, String> controls = controls(top.path("added_tokens"));
            top.putArray("added_tokens");
            return new TokenizerJson(whole, JSON.writeValueAsBytes(top), longest, highest(vocabulary), controls);
        } catch (IOException e) {
            throw new BadArtefactException("tokenizer.json is not JSON.", e);
        }
    }

    private static Map<Long, String> controls(JsonNode added) throws BadArtefactException {
        Map<Long, String> controls = new TreeMap<>();
        for (JsonNode token : added) {
            requireShort("added_tokens", token.path("content").asText().length());
            if (token.path("special").asBoolean()) {
                controls.put(token.path("id").asLong(-1), token.path("content").asText());
            }
        }
        return controls;
    }

    private static void requireShort(String list, int characters) throws BadArtefactException {
        if (characters > MAX_TOKEN_CHARACTERS) {
            throw new BadArtefactException("tokenizer.json: $." + list + " has a token of " + characters
                    + " characters, more than " + MAX_TOKEN_CHARACTERS + ".");
        }
    }

    private static long highest(JsonNode vocabulary) {
        long highest = vocabulary.isObject() ? 0 : vocabulary.size() - 1L;
        if (vocabulary.isObject()) {
            for (JsonNode id : vocabulary) {
                highest = Math.max(highest, id.asLong());
            }
        }
        return highest;
    }

    /** BPE and WordPiece list a map from token to id, Unigram pairs of token and score. */
    private static int longest(JsonNode vocabulary) {
        int longest = 1;
        if (vocabulary.isObject()) {
            for (Iterator<String> tokens = vocabulary.fieldNames(); tokens.hasNext(); ) {
                longest = Math.max(longest, tokens.next().length());
            }
        }
        for (JsonNode pair : vocabulary) {
            longest = Math.max(longest, pair.path(0).asText().length());
        }
        return longest;
    }
}
