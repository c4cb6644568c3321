package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.Validity;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** From labelled texts to a task in a repository, on the released base, as the README of a new task says it. */
class TextsToTaskTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void labelledTextsBecomeATaskThatARepositoryTakes() throws Exception {
        Path data = rows(900);
        Path task = folder.resolve("line-notes");
        run(
                "task",
                "new",
                "line-notes",
                "--base",
                base(),
                "--out",
                task.toString(),
                "--labels-of",
                data.toString(),
                "--label",
                "fault=alarm");
        assertThat(TaskFolder.read(task).manifest().labelNames()).containsExactly("fault", "idle", "order");
        assertThat(task.resolve("README.md")).content().contains("workshop train " + task);
        assertThat(Files.readAllLines(task.resolve("example.jsonl"))).hasSize(3);

        run("train", task.toString(), "--base", base(), "--data", data.toString(), "--head", "--ngrams", "2000");
        assertThat(out.toString()).contains("<- kept", "trained on ");
        TaskManifest trained = TaskFolder.read(task).manifest();
        assertThat(trained.decision().threshold()).isNull();
        assertThat(trained.calibration().n()).isZero();

        JsonNode fitted = printed(
                "calibrate",
                task.toString(),
                "--base",
                base(),
                "--rows",
                data.toString(),
                "--part",
                "calibrate",
                "--json");
        assertThat(fitted.path("scoringDigest").textValue()).isEqualTo(trained.scoringDigest());
        assertThat(fitted.path("threshold").path("bound").doubleValue()).isBetween(0.001, 0.05);
        TaskManifest calibrated = TaskFolder.read(task).manifest();
        assertThat(calibrated.calibration().scoringDigest()).isEqualTo(trained.scoringDigest());
        assertThat(calibrated.decision().threshold()).isNotNull();
        assertThat(calibrated.drift()).isNotNull();

        JsonNode found = printed(
                "evaluate", task.toString(), "--base", base(), "--rows", data.toString(), "--part", "test", "--json");
        JsonNode candidate = found.path("candidates").path(0);
        assertThat(candidate.path("macroF1").path("value").doubleValue()).isGreaterThan(0.9);
        assertThat(candidate.path("accepted").path("value").doubleValue()).isGreaterThan(0.8);

        assertThatThePartsShareNoText(task, data);
        assertThatARepositoryTakes(task);
    }

    private void assertThatThePartsShareNoText(Path task, Path data) throws Exception {
        // The parts of one file share no text but for numbers, case and punctuation.
        JsonNode held = printed(
                "evaluate",
                task.toString(),
                "--base",
                base(),
                "--rows",
                data.toString(),
                "--part",
                "test",
                "--against",
                data.toString(),
                "--resamples",
                "10",
                "--json");
        held.path("overlaps")
                .path(0)
                .path("examples")
                .forEach(each -> assertThat(each.path("likeness").doubleValue()).isLessThan(1));
    }

    private void assertThatARepositoryTakes(Path task) throws Exception {
        TaskFolder whole = TaskFolder.read(task);
        assertThat(ExamRow.parse(
                        whole.file(TaskManifest.EXAM).orElseThrow(),
                        whole.manifest().labelNames(),
                        2000))
                .hasSizeGreaterThan(60);
        Repository repository = Repository.init(
                folder.resolve("repository"),
                new KeyFolder(folder.resolve("keys"), "passphrase".toCharArray(), 1000),
                1,
                1,
                Validity.DEFAULT,
                Instant.EPOCH);
        repository.add(Kind.BASE, Released.BASE, "0.1.0", _ -> {});
        Release release = repository.add(Kind.TASK, task, "0.1.0", _ -> {});
        assertThat(release.digest()).isEqualTo(whole.digest());
    }

    @Test
    void theSameRowsGiveTheSameTaskAndTheGatewaysPathReachesWhatTheFitSaid() throws Exception {
        Path data = rows(150);
        List<String> digests = new ArrayList<>();
        for (String name : List.of("one", "two")) {
            String task = folder.resolve(name).toString();
            run("task", "new", "same", "--base", base(), "--out", task, "--labels-of", data.toString());
            JsonNode trained = printed(
                    "train",
                    task,
                    "--base",
                    base(),
                    "--data",
                    data.toString(),
                    "--dev",
                    data.toString(),
                    "--head",
                    "--ngrams",
                    "500",
                    "--json");
            assertThat(trained.path("ngrams").intValue()).isPositive();
            JsonNode found = printed(
                    "evaluate", task, "--base", base(), "--rows", data.toString(), "--resamples", "1", "--json");
            assertThat(found.path("candidates")
                            .path(0)
                            .path("macroF1")
                            .path("value")
                            .doubleValue())
                    .isEqualTo(trained.path("kept").path("macroF1").doubleValue());
            digests.add(TaskFolder.read(Path.of(task)).digest());
        }
        assertThat(digests.getFirst()).isEqualTo(digests.getLast());
    }

    @Test
    void anotherHeadTakesOutWhatWasFittedOnTheOneBefore() throws Exception {
        Path task = folder.resolve("fraud");
        Files.createDirectories(task);
        for (String file : List.of(
                "task.json", "exam.jsonl", "head.safetensors", "centroids.safetensors", "adapter.onnx_adapter")) {
            Files.copy(Released.FRAUD.resolve(file), task.resolve(file));
        }
        String rows = Released.FRAUD.resolve("exam.jsonl").toString();
        run("train", task.toString(), "--base", base(), "--data", rows, "--dev", rows, "--head");
        TaskManifest made = TaskFolder.read(task).manifest();
        assertThat(made.drift()).isNull();
        assertThat(made.decision()).isEqualTo(new TaskManifest.DecisionRule(null, Map.of()));
        assertThat(made.file(TaskManifest.ADAPTER)).isPresent();
        assertThat(made.file(TaskManifest.CENTROIDS)).isEmpty();
        assertThat(task.resolve("centroids.safetensors")).doesNotExist();
        run("evaluate", task.toString(), "--base", base(), "--rows", rows, "--resamples", "10");
        assertThat(out.toString()).contains("accepted 0.000");
    }

    @Test
    void aTaskThatNobodyCouldTrainIsNotBegun() throws Exception {
        String task = folder.resolve("task").toString();
        refused("A task has 2 to 256 labels, and this would have 1", begun("a", base(), task, "--label", "x=alarm"));
        refused("task.json", begun("a/b", base(), task, "--label", "x=alarm", "--label", "y=alarm"));
        String other = baseWithOtherTokens().toString();
        refused("has no token '<s>'", begun("a", other, task, "--label", "x=alarm", "--label", "y=alarm"));
        refused(
                "--max-text-tokens 4096 leaves the context of",
                begun("a", base(), task, "--label", "x=alarm", "--label", "y=alarm", "--max-text-tokens", "4096"));
        assertThat(folder.resolve("task")).doesNotExist();
        run(begun("a", base(), task, "--label", "x=alarm", "--label", "y=alarm", "--task-version", "2.1.0"));
        assertThat(TaskFolder.read(Path.of(task)).manifest().version()).isEqualTo("2.1.0");
        refused("is not empty", begun("a", base(), task, "--label", "x=alarm", "--label", "y=alarm"));
    }

    @Test
    void rowsThatDoNotHaveEveryLabelTrainNothing() throws Exception {
        String data = rows(60).toString();
        String task = folder.resolve("task").toString();
        run(begun("a", base(), task, "--labels-of", data, "--label", "never=alarm"));
        refused(
                "rows to train on has the label 'never'",
                "train",
                task,
                "--base",
                base(),
                "--data",
                data,
                "--dev",
                data,
                "--head");
        assertThat(execute("train", task, "--base", base(), "--data", data)).isEqualTo(64);
        assertThat(execute("train", task, "--base", base(), "--data", data, "--head", "--lora"))
                .isEqualTo(64);
    }

    private static String[] begun(String name, String base, String task, String... more) {
        List<String> arguments = new ArrayList<>(List.of("task", "new", name, "--base", base, "--out", task));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private void refused(String sentence, String... arguments) {
        err.getBuffer().setLength(0);
        assertThat(execute(arguments)).isEqualTo(65);
        assertThat(err.toString().lines().filter(line -> line.startsWith("picket workshop ")))
                .singleElement()
                .asString()
                .contains(sentence);
        assertThat(err.toString()).doesNotContain("Exception");
    }

    /** Notes of a line: what they are about shows in a word or two. */
    private Path rows(int count) throws Exception {
        Random random = new Random(5);
        String[][] about = {
            {"fault", "leaks oil", "is broken", "overheats", "has a crack", "makes noise"},
            {"idle", "stands still", "waits for parts", "is switched off", "has nothing to do", "is empty"},
            {"order", "please check soon", "please replace", "please clean", "please order spares for", "please adjust"}
        };
        String[] machines = {"pump", "press", "conveyor", "oven", "robot", "lathe", "mixer", "drill", "saw", "crane"};
        String[] places = {"north", "south", "upper", "lower", "new", "old", "left", "right", "first", "second"};
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String[] kind = about[i % 3];
            String what = kind[1 + random.nextInt(5)];
            String where = "the " + places[random.nextInt(10)] + " " + machines[random.nextInt(10)] + " of hall "
                    + (char) ('a' + random.nextInt(26));
            String text = kind[0].equals("order") ? what + " " + where : where + " " + what;
            lines.append(JSON.createObjectNode().put("text", text).put("label", kind[0]))
                    .append('\n');
        }
        return Files.writeString(folder.resolve("data.jsonl"), lines);
    }

    private Path baseWithOtherTokens() throws Exception {
        Path other = Files.createDirectories(folder.resolve("base"));
        Files.copy(Released.BASE.resolve("base.json"), other.resolve("base.json"));
        String tokenizer = Files.readString(Released.BASE.resolve("tokenizer.json"));
        Files.writeString(other.resolve("tokenizer.json"), tokenizer.replace("\"<s>\"", "\"<begin>\""));
        return other;
    }

    private static String base() {
        return Released.BASE.toString();
    }

    private JsonNode printed(String... arguments) throws Exception {
        out.getBuffer().setLength(0);
        run(arguments);
        return JSON.readTree(out.toString());
    }

    private void run(String... arguments) {
        assertThat(execute(arguments)).as(err.toString()).isZero();
    }

    private int execute(String... arguments) {
        CommandLine line = Workshop.commandLine();
        return line.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
