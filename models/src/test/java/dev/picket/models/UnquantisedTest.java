package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.models.llama.ReleasedCheckpoint;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A task beside itself on the weights that were not rounded. */
class UnquantisedTest {
    private static final String ROWS = Released.FRAUD.resolve(TaskManifest.EXAM).toString();

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void tellsOnHowManyRowsRoundingKeepsTheLabel() throws Exception {
        Path checkpoint = ReleasedCheckpoint.write(folder.resolve("checkpoint"));
        String rounded = imported(checkpoint, "INT4");
        String whole = imported(checkpoint, "FLOAT32");
        String task = folder.resolve("task").toString();
        run("task", "new", "notes", "--base", rounded, "--out", task, "--labels-of", ROWS);
        run("train", task, "--base", rounded, "--data", ROWS, "--dev", ROWS, "--head");

        out.getBuffer().setLength(0);
        run("evaluate", task, "--base", rounded, "--unquantised", whole, "--rows", ROWS, "--resamples", "20", "--json");
        JsonNode found = JsonMapper.builder().build().readTree(out.toString());
        assertThat(found.path("candidates")).hasSize(2);
        assertThat(found.path("candidates").path(1).path("base").asText())
                .isNotEqualTo(found.path("candidates").path(0).path("base").asText());
        double same = found.path("differences").path(0).path("sameLabel").doubleValue();
        // The weights are the same here, for they had been rounded before; the activations are not.
        assertThat(same).isBetween(0.95, 1.0);

        assertThat(execute("evaluate", task, "--base", rounded, "--unquantised", rounded, "--rows", ROWS))
                .isEqualTo(65);
        assertThat(err.toString()).contains("is not the checkpoint of").contains("--precision FLOAT32");
        String released = Released.BASE.toString();
        assertThat(execute("evaluate", task, "--base", released, "--unquantised", whole, "--rows", ROWS))
                .isEqualTo(65);
    }

    private String imported(Path checkpoint, String precision) {
        Path base = folder.resolve(precision);
        run(
                "import",
                checkpoint.toString(),
                "--out",
                base.toString(),
                "--precision",
                precision,
                "--self-test-up-to",
                "0");
        return base.toString();
    }

    private void run(String... arguments) {
        assertThat(execute(arguments)).as(err.toString()).isZero();
    }

    private int execute(String... arguments) {
        CommandLine workshop = Workshop.commandLine();
        workshop.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return workshop.execute(arguments);
    }
}
