package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Texts that were tampered with, and the released task. */
class AttackCommandTest {
    private static final String HAM = "See you at home after lunch, love";
    private static final String SPAM = "URGENT! Your account is blocked. Call 09061234567 now to claim your cash prize";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void whatChangesAndWhatIsRefusedIsCountedByKind() throws Exception {
        String whole = "{\"source\": \"%s\", \"set\": \"%s\", \"base_text\": \"%s\", \"target\": %s, \"text\": \"%s\"}";
        Path rows = Files.write(
                folder.resolve("rows.jsonl"),
                List.of(
                        whole.formatted("same", "a", HAM, "\"smishing\"", HAM),
                        whole.formatted("other", "a", HAM, "\"smishing\"", SPAM),
                        whole.formatted("other", "a", HAM, "\"ham\"", SPAM),
                        whole.formatted("other", "b", HAM, "null", SPAM),
                        "{\"source\": \"broken\", \"set\": \"a\", \"text\": \"pump \\ud800 leak\"}",
                        "{\"source\": \"broken\", \"set\": \"a\", \"text\": \"\"}",
                        "{\"source\": \"broken\", \"set\": \"a\", \"text\": \"" + "9".repeat(20_000) + "\"}"));

        JsonNode counts = attack(rows, "--where", "set=a", "--json");
        assertThat(counts.path("same").path("changed").asInt()).isZero();
        assertThat(counts.path("other").path("rows").asInt()).isEqualTo(2);
        assertThat(counts.path("other").path("changed").asInt()).isEqualTo(2);
        assertThat(counts.path("other").path("reached").asInt()).isEqualTo(1);
        assertThat(counts.path("broken").path("rows").asInt()).isEqualTo(3);
        assertThat(counts.path("broken").path("compared").asInt()).isZero();
        assertThat(attack(rows, "--json").path("other").path("rows").asInt()).isEqualTo(3);

        assertThat(execute(rows)).isZero();
        assertThat(out.toString()).contains("other ", "of 3 compared 3 changed, 1 to the label asked for");
        assertThat(execute(rows, "--where", "set=c")).isEqualTo(65);
        assertThat(err.toString()).contains("has no row where {set=c}");
    }

    private JsonNode attack(Path rows, String... more) throws Exception {
        out.getBuffer().setLength(0);
        assertThat(execute(rows, more)).as(err.toString()).isZero();
        return JsonMapper.builder().build().readTree(out.toString());
    }

    private int execute(Path rows, String... more) {
        String[] given = {
            "attack", Released.FRAUD.toString(), "--base", Released.BASE.toString(), "--rows", rows.toString()
        };
        String[] all = Arrays.copyOf(given, given.length + more.length);
        System.arraycopy(more, 0, all, given.length, more.length);
        CommandLine workshop = Workshop.commandLine();
        workshop.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return workshop.execute(all);
    }
}
