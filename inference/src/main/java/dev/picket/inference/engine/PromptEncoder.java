package dev.picket.inference.engine;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/**
 * Turns prompts and texts into token ids. Prefix, text and suffix are encoded separately, in training too. Safe for many
 * threads.
 *
 * <p>DJL unpacks its native library into a folder that the property or variable {@code DJL_CACHE_DIR} names; on a
 * read-only home whoever starts the process sets it.
 */
public final class PromptEncoder implements AutoCloseable {
    /** Each switched off by name: the library truncates at 512 tokens and pads unless told. */
    private static final Map<String, String> PLAIN =
            Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false");

    private static final char REPLACEMENT = '\uFFFD';

    private final HuggingFaceTokenizer prompts;
    private final HuggingFaceTokenizer texts;
    private final int longestToken;
    private final long highestId;

    private PromptEncoder(HuggingFaceTokenizer prompts, HuggingFaceTokenizer texts, int longestToken, long highestId) {
        this.prompts = prompts;
        this.texts = texts;
        this.longestToken = longestToken;
        this.highestId = highestId;
    }

    /**
     * Makes the two tokenizers.
     *
     * @param tokenizerJson the verified bytes of tokenizer.json
     * @throws BadArtefactException when they are no tokenizer
     */
    public static PromptEncoder of(byte[] tokenizerJson) throws BadArtefactException {
        TokenizerJson json = TokenizerJson.parse(tokenizerJson);
        HuggingFaceTokenizer prompts = tokenizer(json, true);
        HuggingFaceTokenizer texts = null;
        boolean safe = false;
        try {
            texts = tokenizer(json, false);
            PromptEncoder encoder = new PromptEncoder(prompts, texts, json.longestToken(), json.highestId());
            encoder.requireNoControls(json.controls());
            safe = true;
            return encoder;
        } finally {
            if (!safe) {
                prompts.close();
                if (texts != null) {
                    texts.close();
                }
            }
        }
    }

    /** A vocabulary may hold control tokens by itself, and some tokenizers look whole words up in it. */
    private void requireNoControls(Map<Long, String> controls) throws BadArtefactException {
        for (String content : controls.values()) {
            for (long id : ids(texts, content)) {
                if (controls.containsKey(id)) {
                    throw new BadArtefactException("tokenizer.json: '" + content
                            + "' stays a control token inside a text, so a text could speak to the model; take it out of"
                            + " $.model.vocab or change $.pre_tokenizer.");
                }
            }
        }
    }

    private static HuggingFaceTokenizer tokenizer(TokenizerJson json, boolean whole) throws BadArtefactException {
        try {
            return HuggingFaceTokenizer.newInstance(whole ? json.whole() : json.textOnly(), PLAIN);
        } catch (IOException | RuntimeException e) {
            throw new BadArtefactException("tokenizer.json is refused by the tokenizers library.", e);
        }
    }

    /** The ids alone: the library's encode makes strings, spans and masks of each token too, half of its time. */
    private static long[] ids(HuggingFaceTokenizer tokenizer, String text) {
        long encoding = TokenizersLibrary.LIB.encode(tokenizer.getHandle(), text, false);
        try {
            return TokenizersLibrary.LIB.getTokenIds(encoding);
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    /** The highest token id that a text can give. */
    long highestId() {
        return highestId;
    }

    /**
     * Encodes a prefix or a suffix; a control token in it is that token.
     *
     * @return token ids, not cut
     */
    public long[] prompt(String part) {
        return ids(prompts, wellFormed(part));
    }

    /**
     * Encodes a text; nothing in it becomes a control token. Of a text with more tokens than allowed the first
     * {@code (maxTokens + 1) / 2} and the last {@code maxTokens / 2} are kept.
     *
     * @param maxTokens at least 2
     * @return ids, and whether the middle was left out; an empty text gives no ids
     */
    public EncodedText text(String text, int maxTokens) {
        String bounded = bounded(text, maxTokens);
        long[] ids = ids(texts, wellFormed(bounded));
        if (ids.length <= maxTokens) {
            // A tokenizer may make one token, or none, of very many characters.
            return new EncodedText(ids, bounded.length() < text.length());
        }
        int head = (maxTokens + 1) / 2;
        int tail = maxTokens - head;
        long[] kept = Arrays.copyOf(ids, maxTokens);
        System.arraycopy(ids, ids.length - tail, kept, head, tail);
        return new EncodedText(kept, true);
    }

    /**
     * Leaves out the middle of a text that is so long that it must be cut anyway: n characters give at least
     * n / longestToken tokens. So the work on a text of a megabyte is that on a few kilobytes.
     */
    private String bounded(String text, int maxTokens) {
        long keep = (long) maxTokens * longestToken;
        if (text.length() <= 2 * keep) {
            return text;
        }
        return text.substring(0, (int) keep) + text.substring(text.length() - (int) keep);
    }

    /** Native code reads UTF-8, which has no form for half a surrogate pair: each becomes U+FFFD. */
    static String wellFormed(String text) {
        int at = firstLoneSurrogate(text);
        if (at == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length()).append(text, 0, at);
        while (at < text.length()) {
            int codePoint = text.codePointAt(at);
            at += Character.charCount(codePoint);
            out.appendCodePoint(lone(codePoint) ? REPLACEMENT : codePoint);
        }
        return out.toString();
    }

    private static int firstLoneSurrogate(String text) {
        int at = 0;
        while (at < text.length()) {
            int codePoint = text.codePointAt(at);
            if (lone(codePoint)) {
                break;
            }
            at += Character.charCount(codePoint);
        }
        return at;
    }

    private static boolean lone(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    @Override
    public void close() {
        prompts.close();
        texts.close();
    }
}
