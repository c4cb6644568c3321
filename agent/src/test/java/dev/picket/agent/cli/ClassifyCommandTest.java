package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.ReleaseShop;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.ScoringDigest;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.ota.Hashes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code picket classify} with the released model: one line in, one line out, whatever the line is. */
class ClassifyCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BASE = ReleaseShop.RELEASED.resolve("base").toString();
    private static final String[] FIELDS = {
        "label", "confidence", "decision", "probabilities", "base", "task", "stage", "cached", "cut"
    };

    @TempDir
    Path folder;

    @Test
    void eachLineIsAnsweredInItsOrder() throws Exception {
        List<String> texts = List.of(
                "Your parcel is held, call 09061234567 and pay the fee at http://parcel-fee.example now",
                "Lunch is at noon in the canteen",
                "Your account is locked, verify your card at http://bank.example");
        List<JsonNode> answers = classify(String.join("\n", texts));

        assertThat(answers).hasSize(3).allSatisfy(answer -> {
            assertThat(answer.fieldNames()).toIterable().containsExactly(FIELDS);
            assertThat(answer.path("decision").asText()).isIn("ACCEPT", "ESCALATE");
            assertThat(answer.path("cut").asBoolean()).isFalse();
            assertThat(sum(answer.path("probabilities"))).isBetween(0.999, 1.001);
            assertThat(answer.at("/probabilities/" + answer.path("label").asText())
                            .asDouble())
                    .isEqualTo(answer.path("confidence").asDouble());
        });
        assertThat(answers).extracting(answer -> answer.path("label").asText()).contains("ham", "smishing");
        assertThat(answers.get(1)).isEqualTo(classify(texts.get(1)).getFirst());
        assertThat(answers.getFirst().path("base").asText())
                .isEqualTo(Hashes.sha256(ReleaseShop.RELEASED.resolve("base/base.json")));
    }

    @Test
    void anEmptyLineFailsAndTheNextOneIsAnswered() throws Exception {
        List<JsonNode> answers = classify("\n   \nLunch is at noon\n");
        assertThat(answers)
                .extracting(answer -> answer.path("decision").asText())
                .startsWith("FAILED(empty)", "FAILED(empty)");
        assertThat(answers.getFirst().fieldNames())
                .toIterable()
                .contains(FIELDS)
                .contains("error");
        assertThat(answers.getFirst().path("label").isNull()).isTrue();
        assertThat(answers.get(2).path("label").asText()).isEqualTo("ham");
    }

    @Test
    void aLineOfAMegabyteIsCutAndMarkedAndTheNextOneIsAnswered() throws Exception {
        List<JsonNode> answers = classify("a long line ".repeat(90_000) + "\nLunch is at noon\n");
        assertThat(answers).extracting(answer -> answer.path("cut").asBoolean()).containsExactly(true, false);
    }

    @Test
    void aBlankLineThatWasCutIsMarkedToo() throws Exception {
        JsonNode answer = classify(" ".repeat(1 << 20) + "text").getFirst();
        assertThat(answer.path("decision").asText()).isEqualTo("FAILED(empty)");
        assertThat(answer.path("cut").asBoolean()).isTrue();
    }

    @Test
    void aLineThatIsNotUtf8IsAnsweredAllTheSame() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {(byte) 0xff, (byte) 0xfe, 'p', 'a', 'y', (byte) 0xc3, '\n'});
        bytes.writeBytes("Lunch is at noon\n".getBytes(StandardCharsets.UTF_8));
        List<JsonNode> answers = answers(Shell.feed(bytes.toByteArray(), words("--base", BASE)));
        assertThat(answers).hasSize(2).allMatch(answer -> answer.path("error").isMissingNode());
    }

    @Test
    void aTextThatMakesTheClassifierFailIsToldOnItsLine() throws Exception {
        Path tasks = folder.resolve("tasks");
        String surest = withHeadThatOverflowsOnOneText(tasks.resolve("fraud"));
        Shell.Ended ended = Shell.feed(surest + "\none\n", words("--base", BASE, "--tasks", tasks.toString()));
        List<JsonNode> answers = answers(ended);
        assertThat(answers).hasSize(2);
        assertThat(answers.getFirst().path("decision").asText()).isEqualTo("FAILED(error)");
        assertThat(answers.getFirst().path("error").asText())
                .contains("fraud", "Infinity")
                .doesNotContain("\tat ", "Exception");
        assertThat(answers.getFirst().fieldNames()).toIterable().contains(FIELDS);
        assertThat(answers.get(1).path("error").isMissingNode()).isTrue();
    }

    @Test
    void withoutJsonALineIsForAPerson() {
        Shell.Ended ended = Shell.feed("Lunch is at noon\n\n", "classify", "--task", "fraud", "--base", BASE);
        assertThat(ended.code()).isZero();
        assertThat(ended.lines().getFirst()).contains("ham", "Lunch is at noon");
        assertThat(ended.lines().get(1)).startsWith("FAILED(empty)");
    }

    @Test
    void aTaskMayBeNamedByItsFolder() throws Exception {
        Path task = copy(folder.resolve("mine"));
        Shell.Ended ended = Shell.feed("Lunch is at noon\n", "classify", "--task", task.toString(), "--base", BASE);
        assertThat(ended.code()).isZero();
        assertThat(ended.lines().getFirst()).contains("ham", "Lunch is at noon");
    }

    @Test
    void aMissingModelIsOneSentence() {
        Shell.run(words("--base", "nowhere")).saysOneSentence(69, "there is no folder nowhere", "--base");
        Shell.run(words("--base", BASE, "--tasks", "nowhere"))
                .saysOneSentence(69, "there is no folder nowhere", "--tasks");
        Shell.run(words("--base", folder.toString(), "--tasks", folder.toString()))
                .saysOneSentence(65, "base.json");
    }

    @Test
    void aFaultyTaskIsOneSentence() throws Exception {
        Path task = copy(folder.resolve("tasks/fraud"));
        Files.writeString(task.resolve("exam.jsonl"), "{}");
        Shell.run(words("--base", BASE, "--tasks", folder.resolve("tasks").toString()))
                .saysOneSentence(65, "exam.jsonl");
        Files.writeString(task.resolve("task.json"), "{\"format\":1,");
        Shell.run(words("--base", BASE, "--tasks", folder.resolve("tasks").toString()))
                .saysOneSentence(65, "task.json");
    }

    @Test
    void aTaskThatIsNotThereIsToldWithThoseThatAre() {
        Shell.run("classify", "--task", "mood", "--base", BASE)
                .saysOneSentence(65, "there is no task 'mood'", "fraud", "severity", "work-order");
    }

    private static List<JsonNode> classify(String input) {
        return answers(Shell.feed(input, words("--base", BASE)));
    }

    private static List<JsonNode> answers(Shell.Ended ended) {
        assertThat(ended.err()).isEmpty();
        assertThat(ended.code()).isZero();
        return ended.lines().stream().map(ClassifyCommandTest::json).toList();
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
    }

    private static double sum(JsonNode probabilities) {
        double sum = 0;
        for (JsonNode each : probabilities) {
            sum += each.asDouble();
        }
        return sum;
    }

    private static String[] words(String... more) {
        return Stream.concat(Stream.of("classify", "--task", "fraud", "--json"), Stream.of(more))
                .toArray(String[]::new);
    }

    /** A whole task whose head is so large that the text with the largest score gets none that is a number. */
    private static String withHeadThatOverflowsOnOneText(Path to) throws Exception {
        TaskFolder released = TaskFolder.read(ReleaseShop.RELEASED.resolve("tasks/fraud"));
        String surest = "";
        double largest = 0;
        try (Classifier classifier = Classifier.open(
                BaseFolder.read(Path.of(BASE)), List.of(released), new EngineOptions(1, 1, 1 << 20, 256))) {
            for (String row : Files.readAllLines(ReleaseShop.RELEASED.resolve("tasks/fraud/exam.jsonl"))) {
                String text = json(row).path("text").asText();
                for (float score : classifier.scores("fraud", text)) {
                    surest = Math.abs(score) > largest ? text : surest;
                    largest = Math.max(largest, Math.abs(score));
                }
            }
        }
        scaleHead(copy(to), (float) (Float.MAX_VALUE / (0.99 * largest)), released.manifest());
        return surest;
    }

    private static void scaleHead(Path task, float by, TaskManifest released) throws IOException {
        byte[] head = Files.readAllBytes(task.resolve("head.safetensors"));
        ByteBuffer numbers = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) numbers.getLong(0);
        for (JsonNode tensor : JSON.readTree(head, Long.BYTES, header)) {
            // The buckets of a wide part are no floats.
            boolean scaled = tensor.path("dtype").asText().equals("F32");
            int end = Long.BYTES + header + tensor.path("data_offsets").path(1).asInt();
            int at = Long.BYTES + header + tensor.path("data_offsets").path(0).asInt();
            for (; scaled && at < end; at += Float.BYTES) {
                numbers.putFloat(at, numbers.getFloat(at) * by);
            }
        }
        Files.write(task.resolve("head.safetensors"), head);
        ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(task.resolve("task.json")));
        for (JsonNode file : json.get("files")) {
            if (file.path("name").asText().equals("head.safetensors")) {
                ((ObjectNode) file).put("sha256", Hashes.sha256(head));
            }
        }
        String digest = ScoringDigest.of(
                released.base(),
                released.file(TaskManifest.ADAPTER).map(ListedFile::sha256).orElse(null),
                Hashes.sha256(head),
                released.scoring(),
                released.labelNames(),
                released.prompt());
        ((ObjectNode) json.get("calibration")).put("scoringDigest", digest);
        Files.write(task.resolve("task.json"), JSON.writeValueAsBytes(json));
    }

    private static Path copy(Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(ReleaseShop.RELEASED.resolve("tasks/fraud"))) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }
}
