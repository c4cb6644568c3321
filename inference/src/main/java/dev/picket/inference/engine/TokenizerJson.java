package dev.picket.inference.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.picket.inference.BadArtefactException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * A {@code tokenizer.json} in the two forms that prompts need: whole, and without its added tokens, so that a control
 * token that stands in somebody's text stays text. Truncation and padding are taken out of both. Read as a stream, since the
 * vocabulary of a large model as a tree takes ten times its bytes.
 *
 * @param source the file's bytes
 * @param longestToken characters of the longest token that a text can give
 * @param highestId of a token that a text can give
 * @param controls special tokens by id
 */
@SuppressWarnings("ArrayRecordComponent") // made once a load, never compared
record TokenizerJson(byte[] source, int longestToken, long highestId, Map<Long, String> controls) {
    /** Of a real vocabulary the longest are runs of some hundred spaces; what is longer takes the library minutes. */
    private static final int MAX_TOKEN_CHARACTERS = 2048;

    private static final String ADDED = "added_tokens";

    // The library takes a string: with ASCII alone each character of it is one byte in the heap.
    // Names are not remembered: a vocabulary has as many as tokens.
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build())
            .build();

    static TokenizerJson parse(byte[] bytes) throws BadArtefactException {
        Facts facts = new Facts();
        try (JsonParser json = JSON.createParser(bytes)) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                facts.read(json);
            }
        } catch (IOException e) {
            throw new BadArtefactException("tokenizer.json is not JSON.", e);
        }
        if (facts.tokens == 0) {
            throw new BadArtefactException("tokenizer.json: $.model.vocab is missing or empty.");
        }
        requireShort("model.vocab", facts.longest);
        return new TokenizerJson(bytes, facts.longest, facts.highest, facts.controls);
    }

    /** For the prompt's own parts. */
    InputStream whole() throws IOException {
        return written(true);
    }

    /** For texts. */
    InputStream textOnly() throws IOException {
        return written(false);
    }

    private InputStream written(boolean added) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(source.length);
        try (JsonParser json = JSON.createParser(source);
                JsonGenerator to = JSON.createGenerator(out)) {
            json.nextToken();
            to.writeStartObject();
            to.writeNullField("truncation");
            to.writeNullField("padding");
            if (!added) {
                to.writeArrayFieldStart(ADDED);
                to.writeEndArray();
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals("truncation") || name.equals("padding") || (name.equals(ADDED) && !added)) {
                    json.skipChildren();
                } else {
                    to.writeFieldName(name);
                    to.copyCurrentStructure(json);
                }
            }
            to.writeEndObject();
        }
        return new ByteArrayInputStream(out.toByteArray());
    }

    private static void requireShort(String list, int characters) throws BadArtefactException {
        if (characters > MAX_TOKEN_CHARACTERS) {
            throw new BadArtefactException("tokenizer.json: $." + list + " has a token of " + characters
                    + " characters, more than " + MAX_TOKEN_CHARACTERS + ".");
        }
    }

    /** What is to be known of the vocabulary, while it passes. */
    private static final class Facts {
        private long tokens;
        private int longest = 1;
        private long highest;
        private final Map<Long, String> controls = new TreeMap<>();

        void read(JsonParser json) throws IOException, BadArtefactException {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (name.equals("model") && value == JsonToken.START_OBJECT) {
                    model(json);
                } else if (name.equals(ADDED)) {
                    added(JSON.readTree(json));
                } else {
                    json.skipChildren();
                }
            }
        }

        /** BPE and WordPiece list a map from token to id, Unigram pairs of token and score. */
        private void model(JsonParser json) throws IOException {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (name.equals("vocab") && value == JsonToken.START_OBJECT) {
                    map(json);
                } else if (name.equals("vocab") && value == JsonToken.START_ARRAY) {
                    pairs(json);
                } else {
                    json.skipChildren();
                }
            }
        }

        private void map(JsonParser json) throws IOException {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                tokens++;
                longest = Math.max(longest, json.currentName().length());
                json.nextToken();
                highest = Math.max(highest, json.getValueAsLong());
                json.skipChildren();
            }
        }

        private void pairs(JsonParser json) throws IOException {
            while (json.nextToken() != JsonToken.END_ARRAY) {
                highest = tokens++;
                boolean pair = json.currentToken() == JsonToken.START_ARRAY;
                if (pair && json.nextToken() != JsonToken.END_ARRAY) {
                    longest = Math.max(longest, json.getValueAsString("").length());
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        json.skipChildren();
                    }
                } else {
                    json.skipChildren();
                }
            }
        }

        private void added(JsonNode list) throws BadArtefactException {
            for (JsonNode token : list) {
                String content = token.path("content").asText();
                requireShort(ADDED, content.length());
                if (token.path("special").asBoolean()) {
                    controls.put(token.path("id").asLong(-1), content);
                }
            }
        }
    }
}
