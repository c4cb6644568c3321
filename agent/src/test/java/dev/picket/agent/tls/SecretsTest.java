package dev.picket.agent.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.TlsConfig;
import dev.picket.agent.config.UplinkConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    @TempDir
    Path folder;

    private UplinkConfig config(String broker, String where) throws Exception {
        Path file = folder.resolve("picket.yml");
        Files.writeString(file, """
                gateway: { site: plant, name: press-4 }
                uplink: { broker: "%s", username: x, password-file: "%s" }
                """.formatted(broker, where));
        return ConfigLoader.load(file, Map.of()).uplink();
    }

    private BrokerCredentials credentials(String where, Map<String, String> environment) throws Exception {
        return new BrokerCredentials(config("mqtt://localhost", where), environment, Clock.systemUTC());
    }

    private Path secret(String content, String mode) {
        return TestAuthority.put(folder.resolve("secret"), content, mode);
    }

    @Test
    void aPrivateKeyMayBeACredentialToo() throws Exception {
        TestAuthority.put(folder.resolve("picket.key"), "key", "r--------");
        TestAuthority.put(folder.resolve("gateway.pem"), "certificate", "rw-r--r--");
        Path file = folder.resolve("picket.yml");
        Files.writeString(file, """
                gateway: { site: plant, name: press-4 }
                uplink:
                  broker: "mqtts://localhost"
                  tls: { certificate: "%s", key: "credential:picket.key" }
                """.formatted(folder.resolve("gateway.pem")));
        TlsConfig tls = ConfigLoader.load(file, Map.of()).uplink().tls();
        assertThat(TlsFiles.read(tls, Map.of("CREDENTIALS_DIRECTORY", folder.toString())).key)
                .asString()
                .isEqualTo("key");
        assertThatThrownBy(() -> TlsFiles.read(tls, Map.of()))
                .isInstanceOf(CredentialException.class)
                .hasMessageContaining("uplink.tls.key: ")
                .hasMessageContaining("LoadCredential=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret\n", "s3cret\r\n", "s3cret"})
    void theEndOfItsLineIsNoPartOfAPassword(String content) throws Exception {
        assertThat(credentials(secret(content, "rw-------").toString(), Map.of())
                        .password())
                .isEqualTo("s3cret");
    }

    @Test
    void aCredentialIsReadFromTheFolderThatSystemdNames() throws Exception {
        secret("s3cret\n", "r--------");
        BrokerCredentials credentials =
                credentials("credential:secret", Map.of("CREDENTIALS_DIRECTORY", folder.toString()));
        assertThat(credentials.password()).isEqualTo("s3cret");
        assertThatThrownBy(() -> credentials("credential:secret", Map.of()).password())
                .isInstanceOf(CredentialException.class)
                .hasMessageContaining("uplink.password-file")
                .hasMessageContaining("LoadCredential=");
    }

    @ParameterizedTest
    @CsvSource({"rw-r--r--", "rw----r--", "rw-rw----", "rw-----w-"})
    void aFileThatOthersCanReadOrChangeIsRefused(String mode) {
        Path file = secret("s3cret\n", mode);
        assertThatThrownBy(() -> credentials(file.toString(), Map.of()).password())
                .isInstanceOf(CredentialException.class)
                .hasMessageContaining("uplink.password-file: " + file)
                .hasMessageContaining("chmod 0600")
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void itsGroupMayReadIt() throws Exception {
        assertThat(credentials(secret("s3cret\n", "rw-r-----").toString(), Map.of())
                        .password())
                .isEqualTo("s3cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "one\ntwo\n"})
    void whatIsNotOneLineIsRefusedWithoutSayingIt(String content) {
        Path file = secret(content, "rw-------");
        assertThatThrownBy(() -> credentials(file.toString(), Map.of()).password())
                .isInstanceOf(CredentialException.class)
                .hasMessageContaining("must hold one line")
                .message()
                .doesNotContain("two");
    }

    @Test
    void aFileThatIsTooLargeOrNotThereIsToldByName() {
        Path large = secret("x".repeat(5_000), "rw-------");
        assertThatThrownBy(() -> credentials(large.toString(), Map.of()).password())
                .isInstanceOf(CredentialException.class)
                .hasMessageContaining("is over 4096 bytes");
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> credentials(missing.toString(), Map.of()).password())
                .isInstanceOf(CredentialException.class)
                .hasMessageContaining(missing + " is not there");
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "credential:", "credential:a/b", "credential:.."})
    void whatIsNeitherAPathNorACredentialStopsTheStart(String where) {
        assertThatThrownBy(() -> config("mqtt://localhost", where))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("uplink.password-file");
    }

    @ParameterizedTest
    @CsvSource({
        "mqtt://broker.plant, true",
        "mqtt://10.0.0.4:1883, true",
        "mqtts://broker.plant, false",
        "mqtt://localhost, false",
        "mqtt://127.0.0.1, false"
    })
    void aPasswordThatWouldLeaveTheMachineInClearIsTold(String broker, boolean told) throws Exception {
        UplinkConfig config = config(broker, secret("s3cret\n", "rw-------").toString());
        BrokerCredentials credentials = new BrokerCredentials(config, Map.of(), Clock.systemUTC());
        assertThat(credentials.secretInClear().isPresent()).isEqualTo(told);
        assertThat(config.toString()).doesNotContain("s3cret");
    }
}
