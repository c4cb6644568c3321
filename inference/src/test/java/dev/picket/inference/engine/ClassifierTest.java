package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.Decision;
import dev.picket.inference.codec.AdapterFile;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.TaskFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierTest {
    private static final List<String> TEXTS = List.of(
            "Your parcel is waiting, pay the fee now",
            "see you in the canteen at noon",
            "",
            " \t\n",
            "ünïcode 😀 日本 \u0000 </s><s> \uD800",
            "the ".repeat(500));

    @TempDir
    Path folder;

    private TinyBase base;

    @BeforeEach
    void writeTheBase() throws Exception {
        base = TinyBase.write(folder);
    }

    private Classifier open(TaskFolder... tasks) throws Exception {
        return Classifier.open(base.read(), List.of(tasks), TinyBase.OPTIONS);
    }

    @Test
    void everyTextGetsADistributionOverTheLabels() throws Exception {
        TaskFolder task = base.task("fraud").build();
        try (Classifier classifier = open(task)) {
            for (String text : TEXTS) {
                Classification answer = classifier.classify("fraud", text);
                assertThat(answer.labels()).isEqualTo(TinyBase.LABELS);
                assertThat(answer.probabilities().stream()
                                .mapToDouble(Float::doubleValue)
                                .sum())
                        .isCloseTo(1, within(1e-6));
                assertThat(answer.confidence())
                        .isEqualTo(answer.probabilities().get(TinyBase.LABELS.indexOf(answer.label())));
                assertThat(answer.baseDigest()).isEqualTo(base.digest());
                assertThat(answer.taskDigest()).isEqualTo(task.digest());
                assertThat(answer.cut()).isEqualTo(text.length() > 1000);
                boolean stands = answer.confidence() >= 0.5 && !answer.label().equals("smishing");
                assertThat(answer.decision()).isEqualTo(stands ? new Decision.Accept() : new Decision.Escalate());
            }
        }
    }

    @Test
    void theAnswersDependOnTheAdapterAndTheHead() throws Exception {
        try (Classifier classifier = open(
                base.task("one").build(),
                base.task("bare").adapter(null).build(),
                base.task("other").adapter(TinyBase.adapter(9, 8).toBytes()).build(),
                base.task("head").head(TinyBase.head(5)).build())) {
            List<List<Float>> answers = new ArrayList<>();
            for (String task : classifier.tasks()) {
                answers.add(classifier.classify(task, TEXTS.getFirst()).probabilities());
            }
            assertThat(answers).doesNotHaveDuplicates().hasSize(4);
        }
    }

    @Test
    void theCachedPrefixChangesNoScore() throws Exception {
        EngineOptions none = new EngineOptions(1, 1, 0, 64);
        TaskFolder task = base.task("fraud").build();
        base.task("fraud").prompt("<s>Is this fraud? ", "", 64).build();
        try (Classifier cached = open(task);
                Classifier uncached = Classifier.open(base.read(), List.of(task), none);
                Base bare = Base.open(base.read(), TinyBase.OPTIONS);
                PromptedBase prompted = PromptedBase.open(
                        bare, task.manifest().prompt(), task.files().get("adapter.onnx_adapter"), 0)) {
            for (String text : TEXTS) {
                float[] scores = cached.scores("fraud", text);
                assertThat(uncached.scores("fraud", text)).isEqualTo(scores);
                assertThat(prompted.row(text, "hidden")).containsExactly(withoutPast(bare, prompted, task, text));
            }
        }
    }

    /** Prefix, text and suffix in one run over an empty past. */
    private static float[] withoutPast(Base bare, PromptedBase prompted, TaskFolder task, String text)
            throws Exception {
        long[] prefix = bare.encoder().prompt(task.manifest().prompt().prefix());
        long[] rest = prompted.tokens(prompted.encode(text));
        long[] all = Arrays.copyOf(prefix, prefix.length + rest.length);
        System.arraycopy(rest, 0, all, prefix.length, rest.length);
        KeyValues nothing = bare.prefix(null, "", List.of());
        try {
            return bare.graph().row(all, nothing, prompted.adapter(), "hidden");
        } finally {
            nothing.lifetime().leave();
        }
    }

    @Test
    void aPromptWithoutASuffixAnswersAnEmptyText() throws Exception {
        try (Classifier classifier =
                open(base.task("fraud").prompt("<s>", "", 64).build())) {
            assertThat(classifier.classify("fraud", "").labels()).hasSize(3);
        }
    }

    @Test
    void aVerbaliserScoresTheWordsByTheirFirstTokens() throws Exception {
        Scoring words = words(List.of((long) 'a', (long) 'b', (long) 'c'));
        try (Classifier classifier = open(base.task("words").scoring(words).build())) {
            assertThat(classifier.scores("words", "x")).hasSize(3).doesNotContain(Float.NaN);
        }
        refused(
                base.task("words").scoring(words(List.of(97L, 98L, 100L))).build(),
                "lists the tokens [100] for 'c', the base's tokenizer gives ");
    }

    private static Scoring words(List<Long> ids) {
        return new Scoring.Verbaliser(List.of(
                new Scoring.Word("a", List.of(ids.get(0).intValue())),
                new Scoring.Word("b", List.of(ids.get(1).intValue())),
                new Scoring.Word("c", List.of(ids.get(2).intValue()))));
    }

    @Test
    void aTextThatGivesNoNumberIsRejectedAndTheNextIsAnswered() throws Exception {
        try (Classifier classifier = open(base.task("fraud").build())) {
            assertThatThrownBy(() -> classifier.classify("fraud", "bad \u0001 text"))
                    .isInstanceOf(ClassificationException.class)
                    .hasMessage("Task 'fraud' gave the score NaN for label 'ham'.");
            assertThat(classifier.classify("fraud", "good text").labels()).hasSize(3);
        }
    }

    @Test
    void anUnknownTaskIsNamedWithTheKnownOnes() throws Exception {
        try (Classifier classifier = open(base.task("fraud").build())) {
            assertThatThrownBy(() -> classifier.classify("frauds", "x"))
                    .hasMessage("There is no task 'frauds'; the tasks are [fraud]");
        }
    }

    @Test
    void aTaskOfAnotherBaseIsRefused() throws Exception {
        refused(base.task("fraud").onBase("f".repeat(64)).build(), "Task 'fraud' was made for base ffff");
    }

    @Test
    void anAdapterThatDoesNotFitIsRefusedAtLoad() throws Exception {
        String a = TinyGraph.module(0) + ".lora_A";
        refused(adapted("nowhere.lora_A", TinyBase.random(1, 32L, 4L), ""), "'nowhere.lora_A', which is no LoRA input");
        refused(adapted(a, TinyBase.random(1, 31L, 4L), a), "has shape [31, 4], this base takes [32, rank].");
        refused(adapted(a, TinyBase.random(1, 32L, 5L), a), "is missing or has another.");
        refused(
                base.task("t").adapter(TinyBase.adapter(1, 65).toBytes()).build(),
                "has rank 65, this agent loads ranks");
        refused(base.task("t").adapter(new byte[40]).build(), "is not a flatbuffer marked TORT.");
    }

    private TaskFolder adapted(String name, FloatTensor tensor, String without) {
        Map<String, FloatTensor> parameters =
                new LinkedHashMap<>(TinyBase.adapter(1, 4).parameters());
        parameters.remove(without);
        parameters.put(name, tensor);
        return base.task("fraud")
                .adapter(new AdapterFile(1, parameters).toBytes())
                .build();
    }

    @Test
    void aPromptThatTheContextCannotHoldIsRefused() throws Exception {
        refused(
                base.task("fraud").prompt("<s>", "</s>", 511).build(),
                "needs up to 513 tokens, the base's context holds 512");
        refused(base.task("fraud").prompt("", "", 64).build(), "neither prefix nor suffix tokens");
    }

    @Test
    void aHeadOfAnotherSizeIsRefused() throws Exception {
        byte[] wrong = Safetensors.write(Map.of("weight", TinyBase.random(1, 3L, 31L), "bias", TinyBase.random(1, 3L)));
        refused(base.task("fraud").head(wrong).build(), "'weight' has shape [3, 31], [3, 32] is needed.");
    }

    @Test
    void aTaskScoredByTheBaseItselfIsRefusedWithWhatToDo() throws Exception {
        refused(base.task("fraud").scoring(new Scoring.Classifier()).build(), "give the task a head.");
    }

    private void refused(TaskFolder task, String why) throws Exception {
        assertThatThrownBy(() -> open(task).close())
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aChangedByteInAnyFileOfTheBaseIsRefused() throws Exception {
        for (String name : List.of("model.onnx", "tokenizer.json")) {
            byte[] bytes = Files.readAllBytes(folder.resolve(name));
            bytes[bytes.length / 2] ^= 1;
            Files.write(folder.resolve(name), bytes);
            assertThatThrownBy(() -> open(base.task("fraud").build()).close())
                    .isInstanceOf(BadArtefactException.class)
                    .hasMessageContaining(name + " has the SHA-256");
            TinyBase.write(folder);
        }
    }

    @Test
    void aGraphThatIsNotWhatTheManifestSaysIsRefused() throws Exception {
        byte[] model = Files.readAllBytes(folder.resolve("model.onnx"));
        baseRefused(model, 3, 1, "model.onnx lacks the input 'past_key_values.2.key' of picket-1.");
        baseRefused(model, 2, 2, "is float [1, 1, past, 16], float or float16 [1, 2, any, 16] was expected");
        baseRefused(model, 1, 1, "model.onnx needs the input 'past_key_values.1.");
        baseRefused(new byte[100], 2, 1, "model.onnx is not an ONNX model");
        baseRefused(Arrays.copyOf(model, model.length - 40), 2, 1, "model.onnx is not an ONNX model");
    }

    private void baseRefused(byte[] model, int layers, int kvHeads, String why) throws Exception {
        TinyBase other = TinyBase.write(folder, model, layers, kvHeads);
        assertThatThrownBy(() -> Base.open(other.read(), TinyBase.OPTIONS).close())
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining(why);
    }

    @Test
    void theBareRunsUseTheSameInputs() throws Exception {
        try (Classifier classifier = open(base.task("fraud").build());
                BareRuns bare = classifier.bareRuns("fraud", TEXTS)) {
            assertThat(bare.size()).isEqualTo(TEXTS.size());
            for (int i = 0; i < bare.size(); i++) {
                bare.run(i);
            }
        }
    }

    @Test
    void theHiddenStateIsReadThroughTheSamePath() throws Exception {
        TaskFolder task = base.task("fraud").build();
        try (Base opened = Base.open(base.read(), TinyBase.OPTIONS);
                HiddenReader reader = HiddenReader.open(opened, task.manifest().prompt(), null)) {
            assertThat(reader.read("a text")).hasSize((int) TinyGraph.HIDDEN).doesNotContain(Float.NaN);
        }
    }
}
