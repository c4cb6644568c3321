package dev.picket.agent.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.regex.Pattern;

/**
 * What goes to a terminal, whoever has written it: texts, answers of an agent, names. Lines and colours pass, and nothing that moves the cursor,
 * hides a text, turns it around or speaks to the terminal itself.
 */
final class TerminalWriter extends FilterWriter {
    private static final char ESCAPE = '\u001b';
    private static final char INSTEAD = '\ufffd';
    private static final int MAX_COLOUR = 16;
    private static final Pattern BEGUN = Pattern.compile("\u001b(\\[[0-9;]*)?");
    /** Select Graphic Rendition, ECMA-48; 8 is hidden text. */
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[(?!(?:[0-9]*;)*0*8[;m])[0-9;]*m");

    private final StringBuilder held = new StringBuilder();

    TerminalWriter(Writer out) {
        super(out);
    }

    @Override
    public void write(int c) throws IOException {
        take((char) c);
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
        for (int i = from; i < from + length; i++) {
            take(text[i]);
        }
    }

    @Override
    public void write(String text, int from, int length) throws IOException {
        write(text.toCharArray(), from, length);
    }

    @Override
    public void flush() throws IOException {
        release();
        super.flush();
    }

    @Override
    public void close() throws IOException {
        release();
        super.close();
    }

    private void take(char c) throws IOException {
        if (held.isEmpty() && c != ESCAPE) {
            out.write(isPlain(c) ? c : INSTEAD);
            return;
        }
        held.append(c);
        if (COLOUR.matcher(held).matches()) {
            out.write(held.toString());
            held.setLength(0);
        } else if (held.length() > MAX_COLOUR || !BEGUN.matcher(held).matches()) {
            release();
        }
    }

    /** What began as a colour and is none. */
    private void release() throws IOException {
        for (int i = 0; i < held.length(); i++) {
            out.write(isPlain(held.charAt(i)) ? held.charAt(i) : INSTEAD);
        }
        held.setLength(0);
    }

    private static boolean isPlain(char c) {
        // Pairs are characters beyond the first plane.
        return c == '\n' || c == '\t' || Character.isSurrogate(c) || Printable.isPlain(c);
    }
}
