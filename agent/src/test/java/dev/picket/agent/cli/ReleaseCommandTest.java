package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
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
        byte[] json = manifest("base", "small", "model.onnx");
        Files.write(folder.resolve("base/base.json"), json);
        baseDigest = sha256(json);
    }

    @Test
    void aRepositoryIsMadeFilledAndPublished() throws Exception {
        new SmallTask("fraud", baseDigest).write(folder.resolve("fraud"));

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
    void aFirstStageIsABaseWithItsTasks() throws Exception {
        new SmallTask("fraud", baseDigest).write(folder.resolve("fraud"));
        Files.createDirectories(folder.resolve("cheap"));
        Files.writeString(folder.resolve("cheap/model.onnx"), "model");
        byte[] cheap = manifest("base", "tiny", "model.onnx");
        Files.write(folder.resolve("cheap/base.json"), cheap);
        new SmallTask("quick", sha256(cheap)).write(folder.resolve("quick"));
        run("init", "--passphrase-file", path("passphrase"), "--iterations", "10");
        for (String base : List.of("base", "cheap")) {
            assertThat(run("add", "base", path(base))).as(err.toString()).isZero();
        }
        for (String task : List.of("fraud", "quick")) {
            assertThat(run("add", "task", path(task))).isZero();
        }
        String[] set = {"add", "set", "factory", "--base", "small", "--task", "fraud", "--channel", "stable"};
        assertThat(run(with(set, "--first-stage", "tiny"))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("give --first-stage and --first-stage-task");
        assertThat(run(with(set, "--first-stage", "tiny", "--first-stage-task", "quick")))
                .isZero();
        assertThat(run("publish", path("www"), "--passphrase-file", path("passphrase")))
                .isZero();
        try (Stream<Path> sets = Files.walk(folder.resolve("www/targets/sets"))) {
            Path published = sets.filter(Files::isRegularFile).findFirst().orElseThrow();
            assertThat(published).content().contains("firstStage", "releases/task/quick/1.json", sha256(cheap));
        }
    }

    @Test
    void aTaskWithACascadeAsksForAnAgentThatKnowsFirstStages() throws Exception {
        run("init", "--passphrase-file", path("passphrase"), "--iterations", "10");
        run("add", "base", path("base"), "--minimum-agent", "0.0.1");
        new SmallTask("fraud", baseDigest).after("quick").write(folder.resolve("fraud"));
        new SmallTask("plain", baseDigest).write(folder.resolve("plain"));
        for (String task : List.of("fraud", "plain")) {
            assertThat(run("add", "task", path(task), "--minimum-agent", "0.0.1"))
                    .as(err.toString())
                    .isZero();
        }
        run("add", "set", "factory", "--base", "small", "--task", "fraud", "--channel", "stable");
        run("publish", path("www"), "--passphrase-file", path("passphrase"));
        assertThat(published("releases/task/fraud")).containsPattern("\"minimumAgent\" ?: \"0[.]1[.]0\"");
        assertThat(published("releases/task/plain")).containsPattern("\"minimumAgent\" ?: \"0[.]0[.]1\"");
    }

    /** The only published document in a folder of targets. */
    private String published(String targets) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("www/targets").resolve(targets))) {
            return Files.readString(
                    files.filter(Files::isRegularFile).findFirst().orElseThrow());
        }
    }

    private static String[] with(String[] words, String... more) {
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
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
    void aTaskThatNoGatewayCouldTakeIsRefusedInOneSentenceBeforeAnythingIsWritten() throws Exception {
        run("init", "--passphrase-file", path("passphrase"), "--iterations", "10");
        run("add", "base", path("base"));
        SmallTask task = new SmallTask("fraud", baseDigest);

        refused(new SmallTask("stranger", "0".repeat(64)), "add that base first");
        refused(task.rows(_ -> ""), "has 0 rows", "of 0 labels, and needs them of 2");
        refused(task.rows(all -> all.replace("spam", "ham")), "10 or more of 1 labels");
        refused(task.rows(all -> all.lines().limit(19).collect(Collectors.joining("\n"))), "of 1 labels");
        refused(task.rows(all -> all.replaceFirst("\"spam\"", "\"eggs\"")), "exam.jsonl line 2: label is not one of");
        refused(task.rows(all -> all + "{"), "exam.jsonl line 21 is not JSON");
        refused(
                task.rows(all -> all.replaceFirst(",\"desk\".*", "}")),
                "line 1: desk.probabilities must be a list of 2");
        refused(task.rows(all -> all.replaceFirst("0[.]9", "1.9")), "desk.probabilities[0] is not in 0 to 1");
        refused(task.rows(all -> all.repeat(101)), "exam.jsonl has more than 2000 rows");
        refused(
                task.rows(all -> all.replace("\"probabilities\":[0.2,0.8]", "\"probabilities\":[0.8,0.2]")),
                "reached a macro-F1 of 0.3333, and the release claims 0.9000");
        assertThat(folder.resolve("repo/tree/targets/releases/task")).doesNotExist();
    }

    @Test
    void aCalibrationOfAnotherScoringAndAFileThatChangedAreRefused() throws Exception {
        run("init", "--passphrase-file", path("passphrase"), "--iterations", "10");
        run("add", "base", path("base"));
        Path task = new SmallTask("fraud", baseDigest).write(folder.resolve("fraud"));
        String json = Files.readString(task.resolve("task.json"));

        Files.writeString(task.resolve("task.json"), json.replace("Answer:", "Question:"));
        assertThat(run("add", "task", path("fraud"))).isEqualTo(ExitCode.DATA);
        assertThat(lastError()).contains("calibration.scoringDigest", "fit it again");
        Files.writeString(task.resolve("task.json"), json);
        Files.writeString(task.resolve("exam.jsonl"), "\n", StandardOpenOption.APPEND);
        assertThat(run("add", "task", path("fraud"))).isEqualTo(ExitCode.DATA);
        assertThat(lastError()).contains("exam.jsonl");
        assertThat(folder.resolve("repo/tree/targets/releases/task")).doesNotExist();
    }

    private void refused(SmallTask task, String... why) throws Exception {
        task.write(folder.resolve("task"));
        assertThat(run("add", "task", path("task"))).isEqualTo(ExitCode.DATA);
        assertThat(lastError()).contains(why);
    }

    private String lastError() {
        return err.toString().lines().reduce("", (_, last) -> last);
    }

    @Test
    void aFolderWithoutARepositoryIsOneSentence() {
        assertThat(run("add", "base", path("base"))).isEqualTo(ExitCode.DATA);
        assertThat(err.toString()).contains("picket release init");
    }

    private static byte[] manifest(String kind, String name, String file) throws Exception {
        String sha256 = sha256("model".getBytes(StandardCharsets.UTF_8));
        return ("{\"format\":1,\"kind\":\"" + kind + "\",\"name\":\"" + name + "\",\"version\":\"1\""
                        + ",\"files\":[{\"name\":\"" + file + "\",\"length\":5,\"sha256\":\"" + sha256 + "\"}]}")
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
