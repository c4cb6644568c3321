package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;

/** Runs commands as a shell does, inside this process. */
final class Shell {
    private Shell() {}

    /** What a command left behind. */
    record Ended(int code, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }

        /** One sentence on standard error, nothing else anywhere. */
        Ended saysOneSentence(int expected, String... parts) {
            assertThat(err).startsWith("picket: ").hasLineCount(1).contains(parts);
            assertThat(err).doesNotContain("Exception", "\tat ", "null", "a fault of ours");
            assertThat(code).as(err).isEqualTo(expected);
            assertThat(out).isEmpty();
            return this;
        }

        /** Wrong words: a sentence, and the way to help. */
        Ended failsWith(int expected, String... parts) {
            assertThat(err).startsWith("picket: ").contains(parts).doesNotContain("Exception");
            assertThat(code).as(err).isEqualTo(expected);
            assertThat(out).isEmpty();
            return this;
        }
    }

    static Ended run(String... words) {
        return feed(new byte[0], words);
    }

    static Ended feed(String input, String... words) {
        return feed(input.getBytes(StandardCharsets.UTF_8), words);
    }

    /** With these bytes as standard input. */
    static Ended feed(byte[] input, String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line =
                Cli.commandLine(new Main()).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input));
        try {
            return new Ended(line.execute(words), out.toString(), err.toString());
        } finally {
            System.setIn(before);
        }
    }
}
