package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.TokenRuns;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class WorkshopTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"import", "adapter", "task", "train", "calibrate", "drift", "evaluate", "synthetic"})
    void everyCommandHasHelpAndAVersion(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).contains("Usage: picket workshop " + command, "Exit codes:");
        assertThat(run(command, "--version")).isZero();
        assertThat(out.toString()).contains("picket workshop 0.1.0");
    }

    @Test
    void withoutACommandTheHelpIsShownAndTheCodeIsThatOfAWrongCommandLine() {
        assertThat(run()).isEqualTo(64);
        assertThat(err.toString()).contains("import", "adapter", "calibrate", "drift", "evaluate");
    }

    @Test
    void aFolderThatIsNoCheckpointIsRefusedInOneSentence() {
        assertThat(run(
                        "import",
                        folder.toString(),
                        "--out",
                        folder.resolve("base").toString()))
                .isEqualTo(65);
        assertThat(err.toString().strip())
                .startsWith("picket workshop import: " + folder.resolve("config.json") + " is not there;")
                .endsWith(".")
                .doesNotContain("\n");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aSyntheticBaseIsTheSameEachTimeAndRuns() throws Exception {
        Path tokenizer = Released.BASE.resolve("tokenizer.json");
        for (String each : List.of("one", "two")) {
            assertThat(run(
                            "synthetic",
                            "--shape",
                            "tiny",
                            "--tokenizer",
                            tokenizer.toString(),
                            "--out",
                            folder.resolve(each).toString()))
                    .isZero();
        }
        assertThat(folder.resolve("two/base.json")).hasSameBinaryContentAs(folder.resolve("one/base.json"));
        try (TokenRuns runs =
                TokenRuns.open(BaseFolder.read(folder.resolve("one")), EngineOptions.forCores(1), 20, 8)) {
            assertThat(runs.cached()).containsExactly(runs.whole(), offset(1e-3f));
            assertThat(runs.everywhere()).isEqualTo(8);
            assertThat(runs.generated(5)).hasSize(5).isEqualTo(runs.generated(5));
        }
    }

    @Test
    void aShapeThatNobodyKnowsIsRefusedWithTheKnownOnes() {
        assertThat(run("synthetic", "--shape", "7b", "--tokenizer", "t", "--out", "o"))
                .isEqualTo(64);
        assertThat(err.toString()).contains("'7b' is no shape; the shapes are [0.5b, tiny]");
    }

    @Test
    void theCodesAreThoseOfTheAgentsCommands() {
        assertThat(run("nonsense")).isEqualTo(64);
        assertThat(run("import", "--nonsense")).isEqualTo(64);
        assertThat(run("evaluate")).isEqualTo(64);
        run("import", "--help");
        assertThat(out.toString()).contains("64", "65", "69", "70");
    }

    private int run(String... arguments) {
        CommandLine line = Workshop.commandLine();
        return line.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
