package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalWriterTest {
    @Test
    void linesColoursAndAllLettersPass() {
        String text = "\u001b[1;32mOK\u001b[0m\tGrüße 漢字 😀\n\u001b[mend\n";
        assertThat(shown(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u001b]0;title\u0007",
                "\u001b[2J",
                "\u001b[8mhidden",
                "\u001b[1;8mhidden",
                "\u001b[1;08;4mhidden",
                "\u001b[6n",
                "\u001bP1;1|data\u001b\\",
                "\u001b",
                "\u001b[",
                "\u001b[1\u001b[2J",
                "\u001b[000000000000000000000m",
                "\u009b2J",
                "\rover the line",
                "\b\b\b",
                "\u202eturned"
            })
    void whatSpeaksToTheTerminalIsShownInstead(String text) {
        assertThat(shown(text))
                .matches("[^\u001b\u009b\r\b\u0007\u202e]*")
                .contains("\ufffd")
                .hasSameSizeAs(text);
    }

    @Test
    void aColourAfterABrokenOneIsAColour() {
        assertThat(shown("\u001b[9\u001b[31mred")).endsWith("mred").doesNotContain("\u001b[9");
    }

    private static String shown(String text) {
        StringWriter shown = new StringWriter();
        PrintWriter out = new PrintWriter(new TerminalWriter(shown), true);
        out.print(text);
        out.flush();
        return shown.toString();
    }
}
