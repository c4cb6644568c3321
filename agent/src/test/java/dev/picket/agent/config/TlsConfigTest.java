package dev.picket.agent.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsConfigTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "certificate: /a|set certificate and key both, or neither",
                "certificate: /a, key: /b, key-store: /c|set only one of certificate, key-store and pkcs11-config",
                "key-store: /c, pkcs11-config: /d|set only one of certificate, key-store and pkcs11-config",
                "key-store-password-file: /c|key-store-password-file is set and key-store is not",
                "pkcs11-pin-file: /c|pkcs11-pin-file is set and pkcs11-config is not",
                "key-password-file: secret|'secret' is neither an absolute path nor credential:NAME",
                "key-stor: /c|did you mean 'uplink.tls.key-store'?"
            })
    void keysThatContradictEachOtherStopTheStart(String keys, String sentence) throws Exception {
        Path file = Files.writeString(
                folder.resolve("picket.yml"), "uplink: { broker: \"mqtts://localhost\", tls: { " + keys + " } }\n");
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("uplink.tls")
                .hasMessageContaining(sentence);
    }
}
