package dev.picket.agent.cli;

/** Text from elsewhere for a terminal: nothing in it may move the cursor, change colours or turn the line around. */
final class Printable {
    private static final int MAX_CHARS = 1_000;

    private Printable() {}

    /** One line. */
    static String of(String text) {
        return clean(text, false, MAX_CHARS);
    }

    /** Several lines, of any length. */
    static String lines(String text) {
        return clean(text, true, Integer.MAX_VALUE);
    }

    private static String clean(String text, boolean lines, int most) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), most));
        text.codePoints()
                .limit(most)
                .map(c -> isPlain(c) || (lines && c == '\n') ? c : 0xFFFD)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
