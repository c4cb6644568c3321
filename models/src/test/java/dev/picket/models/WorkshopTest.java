package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
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
    @ValueSource(strings = {"import", "adapter", "calibrate", "drift", "evaluate"})
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
