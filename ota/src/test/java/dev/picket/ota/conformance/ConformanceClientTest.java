package dev.picket.ota.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.ota.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line of the conformance suite, over a repository that python-tuf made. */
class ConformanceClientTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Path GOLDEN =
            Path.of(System.getProperty("picket.root"), "ota/src/test/resources/tuf/interop/many-keys");

    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @BeforeEach
    void aRepositoryAndItsFirstRoot() throws IOException {
        copy(GOLDEN, repository());
        assertThat(run("--metadata-dir", metadata(), "init", repository() + "/metadata/1.root.json"))
                .isZero();
    }

    @Test
    void refreshBringsEveryTopLevelRoleUpToDate() throws Exception {
        assertThat(refresh(NOW)).isZero();

        try (Stream<Path> files = Files.list(Path.of(metadata()))) {
            List<Path> roles =
                    files.filter(each -> each.toString().endsWith(".json")).toList();
            assertThat(roles)
                    .extracting(each -> each.getFileName().toString())
                    .containsExactlyInAnyOrder("root.json", "timestamp.json", "snapshot.json", "targets.json");
            for (Path role : roles) {
                StrictJson.parse("role", Files.readAllBytes(role)).object("signed");
            }
        }
        assertThat(Path.of(metadata(), "root.json")).hasSameBinaryContentAs(GOLDEN.resolve("metadata/3.root.json"));
    }

    @Test
    void severalTargetsAreDownloadedInTheirOrderUpToTheFirstThatFails() {
        assertThat(download("top.txt", "team/one.txt", "missing.txt", "only-sha512.txt"))
                .isEqualTo(1);

        assertThat(said()).contains("missing.txt is listed by no role");
        assertThat(folder.resolve("targets/top.txt")).hasContent("content of top.txt\n");
        assertThat(folder.resolve("targets/team%2Fone.txt")).hasContent("content of team/one.txt\n");
        assertThat(folder.resolve("targets/only-sha512.txt")).doesNotExist();
    }

    @Test
    void aTargetThatIsThereWithTheSignedContentIsNotFetchedAgain() throws Exception {
        assertThat(download("only-sha512.txt")).isZero();
        deleteTargets();

        assertThat(download("only-sha512.txt")).isZero();
        Files.writeString(folder.resolve("targets/only-sha512.txt"), "something else");
        assertThat(download("only-sha512.txt")).isEqualTo(1);
        assertThat(folder.resolve("targets/only-sha512.txt")).hasContent("something else");
    }

    @Test
    void anExpiredRepositoryIsRefusedWithASentence() {
        assertThat(refresh(Instant.parse("2126-01-01T00:00:00Z"))).isEqualTo(1);
        assertThat(said()).startsWith("tuf-client: refused (expired): root.json expired at 2126-01-01T00:00:00Z");
    }

    @Test
    void aRootThatIsNotSignedIsFoundByRefresh() throws Exception {
        Path unsigned = folder.resolve("unsigned.json");
        Files.writeString(
                unsigned,
                Files.readString(GOLDEN.resolve("metadata/1.root.json"))
                        .replaceAll("\"sig\": \"[0-9a-f]+\"", "\"sig\": \"\""));
        assertThat(run("--metadata-dir", metadata(), "init", unsigned.toString()))
                .isZero();

        assertThat(refresh(NOW)).isEqualTo(1);
        assertThat(Path.of(metadata(), "timestamp.json")).doesNotExist();
    }

    @Test
    void whatIsNoCommandIsAnsweredWithTheUsage() {
        for (List<String> words : List.of(
                List.<String>of(),
                List.of("init", "root.json"),
                List.of("--metadata-dir", "m", "refresh"),
                List.of("--metadata-dir", "m", "--metadata-url", "file:/r", "--target-name"),
                List.of("--metadata-dir", "m", "--surprise", "x", "refresh"),
                List.of("--metadata-dir", "m", "--metadata-url", "file:/r", "download"))) {
            assertThat(run(words.toArray(String[]::new))).isEqualTo(1);
            assertThat(said()).startsWith("usage: tuf-client");
            errors.reset();
        }
    }

    @Test
    void anAddressThatIsNoneIsAnsweredWithASentence() {
        assertThat(run("--metadata-dir", metadata(), "--metadata-url", "gopher://x", "refresh"))
                .isEqualTo(1);
        assertThat(said()).contains("must begin with file:, http: or https:");
    }

    private int refresh(Instant now) {
        return ConformanceClient.run(
                new String[] {"--metadata-url", uri("metadata"), "--metadata-dir", metadata(), "refresh"},
                now,
                new PrintStream(errors, true, StandardCharsets.UTF_8));
    }

    private int download(String... names) {
        List<String> words =
                new ArrayList<>(List.of("--metadata-url=" + uri("metadata"), "--metadata-dir", metadata()));
        words.addAll(List.of("--target-base-url", uri("targets"), "--target-dir", folder + "/targets"));
        for (String name : names) {
            words.addAll(List.of("--target-name", name));
        }
        words.add("download");
        return run(words.toArray(String[]::new));
    }

    private int run(String... words) {
        return ConformanceClient.run(words, NOW, new PrintStream(errors, true, StandardCharsets.UTF_8));
    }

    private String said() {
        return errors.toString(StandardCharsets.UTF_8);
    }

    private String uri(String part) {
        return repository().resolve(part).toUri().toString();
    }

    private String metadata() {
        return folder.resolve("trusted").toString();
    }

    private Path repository() {
        return folder.resolve("repository");
    }

    private void deleteTargets() throws IOException {
        try (Stream<Path> files = Files.walk(repository().resolve("targets"))) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                Files.delete(each);
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path each : files.toList()) {
                Files.createDirectories(to);
                if (Files.isRegularFile(each)) {
                    Path copy = to.resolve(from.relativize(each).toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(each, copy);
                }
            }
        }
    }
}
