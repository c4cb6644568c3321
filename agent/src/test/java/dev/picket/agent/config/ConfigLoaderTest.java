package dev.picket.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {
    @TempDir
    Path folder;

    @Test
    void anUnknownKeyIsToldWithTheNearestKnownOne() throws IOException {
        Path file = write("picket.yml", "http:\n  prot: 9000\n");
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("http.prot: there is no such key; did you mean 'http.port'?")
                .hasMessageContaining("picket.yml");
    }

    @Test
    void allFaultsAreToldAtOnce() throws IOException {
        Path file = write("picket.yml", "http:\n  port: 70000\n  hots: x\ninference:\n  runs: many\nnonsense: 1\n");
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of("PICKET_HTTP_PROT", "1")))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.faults())
                                .extracting(Fault::key)
                                .contains("http.port", "http.hots", "inference.runs", "nonsense"))
                .hasMessageContaining("PICKET_HTTP_PORT")
                .hasMessageContaining("70000 is outside 0 to 65535")
                .hasMessageContaining("'many' is not a whole number");
    }

    @Test
    void laterFilesAndTheEnvironmentWinKeyByKey() throws Exception {
        Path file = write("picket.yml", "http:\n  port: 1000\n  host: 127.0.0.1\n");
        Files.createDirectory(folder.resolve("conf.d"));
        write("conf.d/10-port.yml", "http:\n  port: 2000\n  max-streams: 3\n");
        write("conf.d/20-port.yml", "http:\n  port: 3000\n");
        PicketConfig config = ConfigLoader.load(file, Map.of("PICKET_HTTP_HOST", "::1", "PICKET_CONFIG", "x"));
        assertThat(config.http()).isEqualTo(new HttpConfig("::1", 3000, List.of(), 3, 50));
    }

    @Test
    void whenAndHowFastUpdatesComeIsReadAsPeopleWriteIt() throws Exception {
        Path file = write("picket.yml", """
            updates:
              repository: https://updates.example/repo
              mirrors: ["https://second.example/repo", "file:/media/usb"]
              windows: ["22:00-05:00"]
              bytes-per-second: 64KiB
              bytes-per-day: 50MB
              min-bytes-per-second: 1KiB
            """);
        UpdatesConfig updates = ConfigLoader.load(file, Map.of()).updates();
        assertThat(updates.places()).hasSize(3);
        assertThat(updates.windows()).containsExactly("22:00-05:00");
        assertThat(updates.bytesPerSecond()).isEqualTo(65_536);
        assertThat(updates.bytesPerDay()).isEqualTo(50_000_000);
        assertThat(updates.minBytesPerSecond()).isEqualTo(1_024);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "windows: [\"25:00-05:00\"]",
                "mirrors: [\"https://second.example\"]",
                "repository: ftp://old.example",
            })
    void anUpdatesSectionThatCannotWorkIsRefusedAtStart(String line) throws IOException {
        Path file = write("picket.yml", "updates:\n  " + line + "\n");
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("updates");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "repository: \"https://reader:geheim@updates.example/repo\"",
                "repository: \"https://reader:geheim@my_host/repo\"",
                "repository: \"ftp://reader:geheim@updates.example\"",
                "{ repository: \"file:/srv\", mirrors: [\"https://geheim@second.example\"] }",
            })
    void anAddressWithAPasswordIsRefusedAndNotRepeated(String line) throws IOException {
        Path file = write("picket.yml", "updates:\n  " + line + "\n");
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a user or a password")
                .hasMessageNotContaining("geheim");
    }

    @Test
    void aMissingFileIsOneSentence() {
        assertThatThrownBy(() -> ConfigLoader.load(folder.resolve("absent.yml"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("there is no such file; name one with --config");
    }

    @Test
    void brokenYamlNamesTheLine() throws IOException {
        Path file = write("picket.yml", "http:\n  port: [1\n");
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("this is not YAML")
                .hasMessageContaining("picket.yml:");
    }

    @Test
    void twoSourcesOfOneNameAreRefused() throws IOException {
        Path file = write("picket.yml", """
            sources:
              - { name: line1, path: a.log, tasks: [fraud] }
              - { name: line1, path: b.log, tasks: [fraud] }
            """);
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("two of 'sources' are named 'line1'; give each a name of its own");
    }

    @Test
    void aGatewayWhoseNameCannotStandInATopicIsRefused() throws IOException {
        Path file = write("picket.yml", "gateway: { site: all, name: \"a/b\" }\n");
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("gateway: the site is 'all', a word that topics use themselves");
    }

    @Test
    void standardInputHasOneSource() throws IOException {
        Path file = write("picket.yml", """
            sources:
              - { name: a, kind: stdin, tasks: [fraud] }
              - { name: b, kind: stdin, tasks: [fraud] }
            """);
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("standard input");
    }

    @Test
    void aKeyThatStandsTwiceInOneFileIsRefused() throws IOException {
        Path file = write("picket.yml", "http:\n  port: 1000\n  port: 2000\n");
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'port'")
                .hasMessageContaining("picket.yml:");
    }

    @Test
    void thePublishersPassphraseIsNoKey() throws Exception {
        Path file = write("picket.yml", "http:\n  port: 1000\n");
        PicketConfig config = ConfigLoader.load(file, Map.of("PICKET_RELEASE_PASSPHRASE", "x"));
        assertThat(config.http().port()).isEqualTo(1000);
    }

    @Test
    void theSharesOfThePrioritiesMustMakeAHundred() throws Exception {
        Path file = write("picket.yml", """
            journal:
              when-full: refuse
              priorities: { routine: { share: 30, ttl: 1d }, alarm: { share: 20, rule: thin } }
            """);
        JournalConfig journal = ConfigLoader.load(file, Map.of()).journal();
        assertThat(journal.priorities().routine())
                .isEqualTo(new LineConfig(30, Duration.ofDays(1), LineConfig.Rule.THIN));
        assertThat(journal.priorities().alarm())
                .isEqualTo(new LineConfig(20, Duration.ofDays(30), LineConfig.Rule.THIN));
        assertThat(journal.priorities().escalation().rule()).isEqualTo(LineConfig.Rule.DROP_OLDEST);
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of("PICKET_JOURNAL_PRIORITIES_NOTICE_SHARE", "60")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("30, 20, 60 and 30, together 140");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-0.5", "1.5"})
    void aShareThatIsNoneIsRefused(String share) throws IOException {
        Path file = write("picket.yml", "updates:\n  trial: { max-failures: \"" + share + "\" }\n");
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("updates.trial.max-failures: ")
                .hasMessageContaining(share);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
