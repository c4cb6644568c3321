package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.models.task.PeftFolder;
import dev.picket.models.task.TaskDraft;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands one after the other on the released base, with the released exam's rows as labelled texts. */
class WorkshopFlowTest {
    private static final Path ROWS = Released.FRAUD.resolve(TaskManifest.EXAM);
    private static final int HIDDEN = 384;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aPeftFolderBecomesATaskThatIsCalibratedExaminedAndMeasured() throws Exception {
        peftFolder();
        Path task = folder.resolve("task");
        run(
                "adapter",
                folder.resolve("peft").toString(),
                "--base",
                Released.BASE.toString(),
                "--out",
                task.toString(),
                "--name",
                "guess",
                "--label",
                "ham=routine",
                "--label",
                "spam=notice",
                "--label",
                "smishing=alarm",
                "--escalate",
                "smishing");
        TaskManifest draft = TaskFolder.read(task).manifest();
        assertThat(draft.labelNames()).containsExactly("ham", "spam", "smishing");
        assertThat(draft.labels().getLast().escalate()).isTrue();
        assertThat(draft.decision().threshold()).isNull();

        run(
                "calibrate",
                task.toString(),
                "--base",
                Released.BASE.toString(),
                "--rows",
                ROWS.toString(),
                "--exam-rows",
                "25");
        assertThat(out.toString())
                .contains(
                        "fitted on 60 rows",
                        "thresholds tested with 60 rows that had no part in it",
                        "every text escalates");
        TaskFolder calibrated = TaskFolder.read(task);
        assertThat(calibrated.manifest().calibration().n()).isEqualTo(60);
        assertThat(ExamRow.parse(calibrated.file(TaskManifest.EXAM).orElseThrow(), draft.labelNames(), 100))
                .hasSize(75);

        String[] withItself = {
            "calibrate",
            task.toString(),
            "--base",
            Released.BASE.toString(),
            "--rows",
            ROWS.toString(),
            "--fit-rows",
            ROWS.toString()
        };
        assertThat(execute(withItself)).isEqualTo(65);
        assertThat(err.toString()).contains("0 to test thresholds with");
    }

    @Test
    void evaluatePrintsOneJsonObjectWithIntervals() throws Exception {
        evaluate(ROWS, "--resamples", "200", "--json", Released.FRAUD.toString());
        JsonNode printed = JsonMapper.builder().build().readTree(out.toString());
        assertThat(printed.path("rows").intValue()).isEqualTo(120);
        JsonNode candidate = printed.path("candidates").path(0);
        assertThat(candidate.path("macroF1").path("value").doubleValue())
                .isGreaterThan(0.75)
                .isBetween(
                        candidate.path("macroF1").path("low").doubleValue(),
                        candidate.path("macroF1").path("high").doubleValue());
        assertThat(candidate.path("labels")).hasSize(3);
        assertThat(candidate
                        .path("labels")
                        .path(0)
                        .path("precision")
                        .path("value")
                        .doubleValue())
                .isGreaterThan(0.75);
        assertThat(candidate.path("confusion")).hasSize(3);
        assertThat(candidate.path("latencyMillis").path("p95").doubleValue()).isPositive();
        assertThat(candidate.path("taskDigest").textValue())
                .isEqualTo(TaskFolder.read(Released.FRAUD).digest());
    }

    @Test
    void candidatesStandSideBySideInTheTableAndInThePage() throws Exception {
        Path page = folder.resolve("report.html");
        evaluate(
                rowsWithMachines(),
                "--group",
                "machine",
                "--against",
                ROWS.toString(),
                "--html",
                page.toString(),
                "--resamples",
                "50",
                Released.FRAUD.toString(),
                Released.FRAUD.toString());
        assertThat(out.toString())
                .contains(
                        "on the same resamples: accuracy +0.000 [+0.000, +0.000]",
                        "the same label on 1.0000 of the rows",
                        "machine <press>, 60 rows",
                        "machine oven, 60 rows",
                        "Warning: 120 of 120 rows nearly stand in " + ROWS);
        assertThat(Files.readString(page))
                .startsWith("<!DOCTYPE html>")
                .contains("&lt;press&gt;", "Differences to")
                .doesNotContain("<press>");
    }

    @Test
    void aWrongNameOfOtherRowsOrOfThePageIsToldBeforeATaskIsAsked() {
        // The base is none: whoever asked a task first would speak of it.
        List<String> asked =
                List.of("evaluate", Released.FRAUD.toString(), "--base", folder.toString(), "--rows", ROWS.toString());
        List<String> page = new ArrayList<>(asked);
        page.addAll(List.of("--html", folder.resolve("none/report.html").toString()));
        assertThat(execute(page.toArray(String[]::new))).isEqualTo(64);
        assertThat(err.toString()).contains("report.html cannot be written; name a file in a folder that is there.");
        List<String> others = new ArrayList<>(asked);
        others.addAll(List.of("--against", folder.resolve("none.jsonl").toString()));
        assertThat(execute(others.toArray(String[]::new))).isNotZero();
        assertThat(err.toString()).contains("none.jsonl").doesNotContain("base.json");
    }

    @Test
    void numbersThatCannotBeAreRefusedBeforeARowIsRead() {
        for (String group : List.of("time:3000000000", "time:0", "time:-1", "time:x")) {
            err.getBuffer().setLength(0);
            assertThat(execute(onFraud("--group", group))).as(group).isEqualTo(64);
            assertThat(err.toString()).contains("--group " + group + " does not end in a number of characters");
        }
        String[] many = onFraud(Stream.concat(
                        Stream.of("--resamples", "100000"), Collections.nCopies(7, Released.FRAUD.toString()).stream())
                .toArray(String[]::new));
        assertThat(execute(many)).isEqualTo(64);
        assertThat(err.toString()).contains("100000 resamples of 8 tasks with 3 labels are 13500000 numbers");
    }

    private String[] onFraud(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "evaluate",
                Released.FRAUD.toString(),
                "--base",
                Released.BASE.toString(),
                "--rows",
                folder.resolve("none.jsonl").toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    @Test
    void aBadRowEndsTheEvaluationInOneSentenceWithItsLine() throws Exception {
        Path rows = folder.resolve("rows.jsonl");
        Files.writeString(rows, "{\"text\": \"a\", \"label\": \"ham\"}\n{\"text\": \"b\", \"label\": \"eggs\"}\n");
        assertThat(execute(
                        "evaluate",
                        Released.FRAUD.toString(),
                        "--base",
                        Released.BASE.toString(),
                        "--rows",
                        rows.toString()))
                .isEqualTo(65);
        assertThat(err.toString().strip())
                .isEqualTo("picket workshop evaluate: " + rows
                        + " line 2 has the label \"eggs\"; the task's are [ham, spam, smishing].");
    }

    private Path rowsWithMachines() throws Exception {
        JsonMapper json = JsonMapper.builder().build();
        StringBuilder rows = new StringBuilder();
        int number = 0;
        for (String line : Files.readAllLines(ROWS)) {
            ObjectNode row = (ObjectNode) json.readTree(line);
            rows.append(row.put("machine", number++ % 2 == 0 ? "<press>" : "oven"))
                    .append('\n');
        }
        return Files.writeString(folder.resolve("machines.jsonl"), rows);
    }

    private void evaluate(Path rows, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("evaluate", "--base", Released.BASE.toString(), "--rows", rows.toString()));
        arguments.addAll(List.of(more));
        run(arguments.toArray(String[]::new));
    }

    @Test
    void aTaskForAnotherBaseIsRefusedInOneSentence() throws Exception {
        Path other = otherBase();
        assertThat(execute(
                        "evaluate", Released.FRAUD.toString(), "--base", other.toString(), "--rows", ROWS.toString()))
                .isEqualTo(65);
        assertThat(err.toString().lines().filter(line -> line.startsWith("picket workshop evaluate: ")))
                .hasSize(1);
    }

    @Test
    void anAdapterIsNotTrainedForATaskOnAnotherBase() throws Exception {
        Path other = otherBase();
        assertThat(execute(
                        "train",
                        Released.FRAUD.toString(),
                        "--base",
                        other.toString(),
                        "--data",
                        ROWS.toString(),
                        "--lora",
                        "--checkpoint",
                        folder.toString()))
                .isEqualTo(65);
        assertThat(err.toString()).contains("Task 'fraud' was made for base ", ", the base here is ");
        peftFolder();
        assertThatThrownBy(() -> TaskDraft.withAdapter(Released.FRAUD, other, new PeftFolder(folder.resolve("peft"))))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining("was made for base ");
    }

    private Path otherBase() throws Exception {
        Path other = folder.resolve("base");
        Files.createDirectories(other);
        for (String name : List.of("model.onnx", "model.onnx.data", "tokenizer.json", "config.json")) {
            Files.copy(Released.BASE.resolve(name), other.resolve(name));
        }
        Files.writeString(
                other.resolve("base.json"),
                Files.readString(Released.BASE.resolve("base.json"))
                        .replaceFirst("\"version\":\"[^\"]*\"", "\"version\":\"99.0.0\""));
        return other;
    }

    @Test
    void anAdapterWhoseShapeIsNotTheBasesIsRefusedBeforeAnythingIsWritten() throws Exception {
        peftFolder(HIDDEN - 32);
        Path task = folder.resolve("task");
        assertThat(execute(
                        "adapter",
                        folder.resolve("peft").toString(),
                        "--base",
                        Released.BASE.toString(),
                        "--out",
                        task.toString(),
                        "--name",
                        "guess",
                        "--label",
                        "ham=routine",
                        "--label",
                        "spam=notice",
                        "--label",
                        "smishing=alarm"))
                .isEqualTo(65);
        assertThat(err.toString().lines().filter(line -> line.startsWith("picket workshop adapter: ")))
                .singleElement()
                .asString()
                .contains("q_proj.lora_B", "[4, " + (HIDDEN - 32) + "]");
        assertThat(task).doesNotExist();
    }

    private void peftFolder() throws Exception {
        peftFolder(HIDDEN);
    }

    /** @param outputs of the only projection that is adapted */
    private void peftFolder(int outputs) throws Exception {
        Random random = new Random(3);
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        String module = "base_model.model.model.layers.0.self_attn.q_proj";
        tensors.put(module + ".lora_A.weight", random(random, 4, HIDDEN));
        tensors.put(module + ".lora_B.weight", random(random, outputs, 4));
        tensors.put("base_model.model.score.weight", random(random, 3, HIDDEN));
        Path peft = Files.createDirectories(folder.resolve("peft"));
        Files.write(peft.resolve("adapter_model.safetensors"), Safetensors.write(tensors));
        Files.writeString(
                peft.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 8}");
    }

    private static FloatTensor random(Random random, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (0.05 * random.nextGaussian());
        }
        return new FloatTensor(List.of((long) rows, (long) columns), values);
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
