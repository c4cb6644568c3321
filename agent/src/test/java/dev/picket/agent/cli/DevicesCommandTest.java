package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.ReleaseShop;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code picket devices} with the stock library, which has the CPU alone. */
class DevicesCommandTest {
    private static final String CPU = "CPUExecutionProvider";
    private static final String BASE = ReleaseShop.RELEASED.resolve("base").toString();

    @TempDir
    Path folder;

    @Test
    void withoutAConfigurationItSaysWhatIsThereAndWhoWouldBeAsked() throws Exception {
        JsonNode found = json("devices", "--config", folder.resolve("none.yml").toString(), "--json");
        assertThat(found.path("onnxruntime").asText()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(found.path("builtIn").toString()).contains(CPU);
        assertThat(found.at("/devices/0/provider").asText()).isEqualTo(CPU);
        assertThat(found.at("/devices/0/kind").asText()).isEqualTo("cpu");
        assertThat(found.path("asked").asText()).isEqualTo("auto");
        assertThat(found.path("order")).hasSize(1);
        assertThat(found.path("chosen").isNull()).isTrue();
    }

    @Test
    void whatTheConfigurationAsksForAndIsNotThereIsAFinding() throws Exception {
        Path config = Files.writeString(
                folder.resolve("picket.yml"),
                "gateway: { site: plant, name: press-4 }\ninference: { provider: npu }\n");
        Shell.Ended ended = Shell.run("devices", "--config", config.toString(), "--base", BASE);
        assertThat(ended.code()).as(ended.err()).isEqualTo(1);
        assertThat(ended.out())
                .contains("asked      npu")
                .contains("refused    npu (absent): This ONNX Runtime has no such provider; only the CPU is there")
                .contains("chosen     " + CPU);
    }

    @Test
    void aNativeLibraryThatIsNotThereIsAFaultOfTheConfiguration() throws Exception {
        Path config = Files.writeString(
                folder.resolve("picket.yml"),
                "gateway: { site: plant, name: press-4 }\ninference: { native-library: " + folder + " }\n");
        Shell.run("devices", "--config", config.toString())
                .saysOneSentence(78, "inference.native-library: ", "is no folder that holds ");
        assertThat(Shell.run("check", "--config", config.toString()).out()).contains("inference.native-library");
    }

    @Test
    void aFolderThatIsNoBaseIsBadInput() {
        Shell.Ended ended =
                Shell.run("devices", "--config", folder.resolve("none.yml").toString(), "--base", folder.toString());
        assertThat(ended.code()).isIn(65, 69);
        assertThat(ended.err()).startsWith("picket: ").hasLineCount(1);
    }

    private static JsonNode json(String... words) throws Exception {
        Shell.Ended ended = Shell.run(words);
        assertThat(ended.code()).as(ended.err()).isZero();
        return new ObjectMapper().readTree(ended.out());
    }
}
