package dev.picket.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.engine.ProviderSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferenceConfigTest {
    @TempDir
    Path folder;

    @Test
    void withoutAWordTheProviderIsChosenHere() throws Exception {
        assertThat(load("{}").providers()).isEqualTo(ProviderSettings.DEFAULT);
    }

    @Test
    void everythingOfAProviderIsReadAsPeopleWriteIt() throws Exception {
        InferenceConfig read = load("""
                  provider: QNN
                  provider-libraries: [{ name: maker, path: /opt/maker/libmaker.so }]
                  native-library: /opt/onnxruntime
                  provider-options: { backend_path: libQnnHtp.so }
                  provider-tolerance: 0.2
                  provider-max-latency-ratio: 1.5
                  session-config: { session.intra_op.allow_spinning: "1" }
                """);
        assertThat(read.nativeLibrary()).isEqualTo(Path.of("/opt/onnxruntime"));
        assertThat(read.providers())
                .isEqualTo(new ProviderSettings(
                        "QNN",
                        Map.of("maker", Path.of("/opt/maker/libmaker.so")),
                        Map.of("backend_path", "libQnnHtp.so"),
                        Map.of("session.intra_op.allow_spinning", "1"),
                        0.2,
                        1.5));
    }

    @Test
    void aMisspeltKeyOfTheSessionIsToldWithTheNearestOne() {
        assertThatThrownBy(() -> load("  session-config: { session.intra_op.allow_spining: \"1\" }"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "session-config has 'session.intra_op.allow_spining', which ONNX Runtime does not")
                .hasMessageContaining("did you mean 'session.intra_op.allow_spinning'?");
        assertThatThrownBy(() -> load("  session-config: { x: \"1\" }")).hasMessageContaining("remove it");
    }

    @Test
    void twoLibrariesOfOneNameAreRefused() {
        assertThatThrownBy(() -> load("  provider-libraries: [{ name: a, path: b }, { name: a, path: c }]"))
                .hasMessageContaining("two of provider-libraries are named 'a'");
    }

    private InferenceConfig load(String section) throws IOException, ConfigException {
        Path file = Files.writeString(
                folder.resolve("picket.yml"),
                "gateway: { site: plant, name: press-4 }\ninference:" + (section.startsWith("{") ? " " : "\n") + section
                        + "\n");
        return ConfigLoader.load(file, Map.of()).inference();
    }
}
