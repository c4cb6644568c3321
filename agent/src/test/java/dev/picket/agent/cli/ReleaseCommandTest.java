package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReleaseCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String baseDigest = "";

    @BeforeEach
    void aPassphraseAndABase() throws Exception {
        Files.writeString(folder.resolve("passphrase"), "correct horse\n");
        Files.createDirectories(folder.resolve("base"));
        Files.writeString(folder.resolve("base/model.onnx"), "model");
        byte[] json = manifest("base", "small", "model.onnx", "");
        Files.write(folder.resolve("base/base.json"), json);
        baseDigest = sha256(json);
    }

    @Test
    void aRepositoryIsMadeFilledAndPublished() throws Exception {
        task("fraud", ",\"base\":\"" + baseDigest + "\",\"calibration\":{\"n\":1}");

        assertThat(run("init", "--passphrase-file", path("passphrase"), "--iterations", "10"))
                .isZero();
        assertThat(run("add", "base", path("base"))).isZero();
        assertThat(run("add", "task", path("fraud"), "--json")).isZero();
        assertThat(out.toString()).contains("\"release\":\"releases/task/fraud/1.json\"");
        assertThat(run("add", "set", "factory", "--base", "small", "--task", "fraud", "--channel", "stable"))
                .isZero();
        assertThat(run("publish", path("www"), "--passphrase-file", path("passphrase")))
                .isZero();

        assertThat(err.toString()).isEmpty();
        assertThat(out.toString()).contains("targets 1, snapshot 1, timestamp 1");
        assertThat(folder.resolve("www/metadata/timestamp.json")).content().contains("\"issued\"");
        assertThat(folder.resolve("www/metadata/1.root.json")).exists();
        assertThat(folder.resolve("www/blobs/" + baseDigest)).exists();
        assertThat(folder.resolve("www/keys")).doesNotExist();
        try (Stream<Path> keys = Files.walk(folder.resolve("repo/keys"))) {
            for (Path key : keys.filter(Files::isRegularFile).toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                        .isEqualTo("rw-------");
                assertThat(key).content().contains("AES-256-GCM").doesNotContain("correct horse");
            }
        }
    }

    @Test
    void aWrongPassphraseIsOneSentence() throws Exception {
        run("init", "--passphrase-file", path("passphrase"), "--iterations", "10");
        Files.writeString(folder.resolve("wrong"), "battery staple\n");

        assertThat(run("publish", path("www"), "--passphrase-file", path("wrong")))
                .isEqualTo(ExitCode.DATA);
        assertThat(err.toString()).contains("passphrase does not open").hasLineCount(1);
        assertThat(folder.resolve("www")).doesNotExist();
    }

    @Test
    void aTaskOfAnotherBaseWithoutExamOrCalibrationIsRefused() throws Exception {
        run("init", "--passphrase-file", path("passphrase"), "--iterations", "10");
        run("add", "base", path("base"));
        task("stranger", ",\"base\":\"" + "0".repeat(64) + "\",\"calibration\":{\"n\":1}");
        task("raw", ",\"base\":\"" + baseDigest + "\"");

        assertThat(run("add", "task", path("stranger"))).isEqualTo(ExitCode.DATA);
        assertThat(err.toString()).contains("add that base first");
        assertThat(run("add", "task", path("raw"))).isEqualTo(ExitCode.DATA);
        assertThat(err.toString()).contains("calibration");
        assertThat(folder.resolve("repo/tree/targets/releases/task")).doesNotExist();
    }

    @Test
    void aFolderWithoutARepositoryIsOneSentence() {
        assertThat(run("add", "base", path("base"))).isEqualTo(ExitCode.DATA);
        assertThat(err.toString()).contains("picket release init");
    }

    private void task(String name, String more) throws Exception {
        Files.createDirectories(folder.resolve(name));
        Files.writeString(folder.resolve(name).resolve("exam.jsonl"), "{}");
        Files.write(folder.resolve(name).resolve("task.json"), manifest("task", name, "exam.jsonl", more));
    }

    private static byte[] manifest(String kind, String name, String file, String more) throws Exception {
        String content = file.equals("exam.jsonl") ? "{}" : "model";
        String sha256 = sha256(content.getBytes(StandardCharsets.UTF_8));
        return ("{\"format\":1,\"kind\":\"" + kind + "\",\"name\":\"" + name + "\",\"version\":\"1\"" + more
                        + ",\"files\":[{\"name\":\"" + file + "\",\"length\":" + content.length() + ",\"sha256\":\""
                        + sha256 + "\"}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private int run(String... args) {
        String[] all = Stream.concat(Stream.of(args), Stream.of("--repository", path("repo")))
                .toArray(String[]::new);
        CommandLine line = Cli.commandLine(new ReleaseCommand());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(all);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }
}
