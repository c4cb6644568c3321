package dev.picket.inference.engine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A byte-level BPE of 256 bytes, a handful of merges and two control tokens, as tokenizer.json. */
final class TinyTokenizer {
    private static final List<List<String>> MERGES =
            List.of(List.of("t", "h"), List.of("th", "e"), List.of("Ġ", "the"), List.of("i", "n"), List.of("Ġ", "a"));
    static final int BOS = 256 + MERGES.size();
    static final int EOS = BOS + 1;
    static final int VOCABULARY = EOS + 1;

    private TinyTokenizer() {}

    /** The id of a byte. */
    static long id(int value) {
        return value & 0xff;
    }

    static byte[] json() throws IOException {
        JsonMapper mapper = JsonMapper.builder().build();
        ObjectNode top = mapper.createObjectNode().put("version", "1.0");
        top.putObject("truncation")
                .put("direction", "Right")
                .put("max_length", 8)
                .put("strategy", "LongestFirst")
                .put("stride", 0);
        top.putNull("padding");
        ArrayNode added = top.putArray("added_tokens");
        control(added, BOS, "<s>");
        control(added, EOS, "</s>");
        top.putNull("normalizer");
        byteLevel(top.putObject("pre_tokenizer"));
        top.putNull("post_processor");
        byteLevel(top.putObject("decoder"));
        ObjectNode model = top.putObject("model").put("type", "BPE");
        ObjectNode vocabulary = model.putObject("vocab");
        List<String> tokens = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            tokens.add(shown(value));
        }
        MERGES.forEach(merge -> tokens.add(String.join("", merge)));
        tokens.add("<s>");
        tokens.add("</s>");
        for (int id = 0; id < tokens.size(); id++) {
            vocabulary.put(tokens.get(id), id);
        }
        ArrayNode merges = model.putArray("merges");
        MERGES.forEach(merge -> merges.add(String.join(" ", merge)));
        return mapper.writeValueAsBytes(top);
    }

    private static void byteLevel(ObjectNode node) {
        node.put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    private static void control(ArrayNode added, int id, String content) {
        added.addObject()
                .put("id", id)
                .put("content", content)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
    }

    /** GPT-2's printable stand-in for a byte: itself where it prints, else the next character from U+0100 on. */
    private static String shown(int value) {
        int hidden = 0;
        for (int b = 0; b < 256; b++) {
            boolean prints = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
            if (b == value) {
                return String.valueOf((char) (prints ? b : 256 + hidden));
            }
            hidden += prints ? 0 : 1;
        }
        throw new IllegalArgumentException("No byte: " + value);
    }
}
