package dev.picket.models.task;

import dev.picket.inference.codec.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What is left of a text where case, digits, punctuation and white space do not count. Rows with the same key are copies of one another
 * for every split: a line of a log with another address in it must not be trained on and tested with.
 */
public final class TextKey {
    private static final int HASH_DIGITS = 15;

    private TextKey() {}

    /** Lower case; each run of digits a {@code 0}; each run of anything but letters and digits one space. */
    public static String of(String text) {
        StringBuilder key = new StringBuilder(text.length());
        text.toLowerCase(Locale.ROOT).codePoints().forEach(point -> {
            char last = key.isEmpty() ? ' ' : key.charAt(key.length() - 1);
            if (Character.isDigit(point)) {
                if (last != '0') {
                    key.append('0');
                }
            } else if (Character.isLetter(point)) {
                key.appendCodePoint(point);
            } else if (last != ' ') {
                key.append(' ');
            }
        });
        String stripped = key.toString().strip();
        return stripped.isEmpty() ? text : stripped;
    }

    /**
     * A number from 0 that depends on the key alone, the same on every machine.
     *
     * @param purpose splits for different purposes are independent of each other
     */
    static long hash(String text, String purpose) {
        String hex = Sha256.of((purpose + "/" + of(text)).getBytes(StandardCharsets.UTF_8));
        return Long.parseLong(hex.substring(0, HASH_DIGITS), 16);
    }
}
