package dev.picket.inference.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** A text as {@link WideFeatures} counts it: its code points as UTF-8, and where its words lie among them. */
final class NormalisedText {
    private static final long FNV_PRIME = 0x100000001b3L;

    private final byte[] utf8;
    /** By code point its first byte; one entry more, for the end. */
    private final int[] bytes;

    /** By word its first code point. */
    private final int[] wordFrom;

    /** By word the code point behind its last. */
    private final int[] wordTo;

    private final int words;

    /** @param text without lone surrogates */
    NormalisedText(String text) {
        String normal = normal(text);
        utf8 = normal.getBytes(StandardCharsets.UTF_8);
        int[] starts = new int[normal.length() + 1];
        int[] from = new int[normal.length() / 2 + 1];
        int[] to = new int[from.length];
        int point = 0;
        int found = 0;
        boolean inWord = false;
        for (int i = 0, size; i < normal.length(); i += size, point++) {
            int codePoint = normal.codePointAt(i);
            size = Character.charCount(codePoint);
            starts[point + 1] = starts[point] + bytesOf(codePoint);
            boolean word = Character.isLetterOrDigit(codePoint);
            if (word && !inWord) {
                from[found] = point;
            } else if (!word && inWord) {
                to[found++] = point;
            }
            inWord = word;
        }
        // The last code point is a space, so every word has ended.
        bytes = Arrays.copyOf(starts, point + 1);
        wordFrom = from;
        wordTo = to;
        words = found;
    }

    private static String normal(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        StringBuilder out = new StringBuilder(lower.length() + 2).append(' ');
        for (int i = 0, size; i < lower.length(); i += size) {
            int codePoint = lower.codePointAt(i);
            size = Character.charCount(codePoint);
            boolean space = Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint);
            if (!space) {
                out.appendCodePoint(Character.isDigit(codePoint) ? '0' : codePoint);
            } else if (out.charAt(out.length() - 1) != ' ') {
                out.append(' ');
            }
        }
        if (out.charAt(out.length() - 1) != ' ') {
            out.append(' ');
        }
        return out.toString();
    }

    private static int bytesOf(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < Character.MIN_SUPPLEMENTARY_CODE_POINT ? 3 : 4;
    }

    int points() {
        return bytes.length - 1;
    }

    int words() {
        return words;
    }

    /** FNV-1a goes on with these code points. */
    long hashed(long hash, int fromPoint, int toPoint) {
        long goesOn = hash;
        for (int i = bytes[fromPoint]; i < bytes[toPoint]; i++) {
            goesOn = hashed(goesOn, utf8[i]);
        }
        return goesOn;
    }

    long hashedWord(long hash, int word) {
        return hashed(hash, wordFrom[word], wordTo[word]);
    }

    static long hashed(long hash, int one) {
        return (hash ^ (one & 0xff)) * FNV_PRIME;
    }
}
