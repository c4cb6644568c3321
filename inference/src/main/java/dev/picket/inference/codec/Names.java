package dev.picket.inference.codec;

import java.util.regex.Pattern;

/** The rules of names in manifests; a name may become a part of a path, a topic and a metric's label. */
final class Names {
    static final String PLAIN = "1 to 64 lower-case letters, digits, '.', '_' or '-', beginning with a letter or digit";
    static final String PRINTABLE = "one or more printable characters";

    private static final Pattern PLAIN_NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    private Names() {}

    static boolean plain(String name) {
        return PLAIN_NAME.matcher(name).matches();
    }

    static boolean printable(String text) {
        return !text.isBlank() && text.codePoints().noneMatch(c -> Character.isISOControl(c) || surrogate(c));
    }

    private static boolean surrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
