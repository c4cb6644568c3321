package dev.picket.models.wrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.engine.Base;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be served is refused with a sentence that names what was found and what was expected, and leaves no base. */
class WrapRefusalTest {
    private static final String CAUSAL = "LlamaForCausalLM";

    @TempDir
    Path folder;

    private final SmallModel model = new SmallModel(5);
    private ForeignFolder foreign;

    @BeforeEach
    void makeTheFolder() throws Exception {
        foreign = new ForeignFolder(folder.resolve("base"));
    }

    private SmallGraph graph(Consumer<SmallGraph> knobs) {
        SmallGraph graph = new SmallGraph(model);
        knobs.accept(graph);
        return graph;
    }

    private void refused(String architecture, Consumer<SmallGraph> knobs, String why) throws Exception {
        foreign.graph("model.onnx", graph(knobs)).optimum(architecture, "");
        refused(why);
    }

    private void refused(String why) {
        assertThatThrownBy(foreign::wrapped)
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining(why)
                .hasMessageEndingWith(".");
        assertThat(foreign.path().resolve("base.json")).doesNotExist();
    }

    @Test
    void anInputThatNobodyFeedsIsNamed() throws Exception {
        refused(
                CAUSAL,
                graph -> graph.extra = "use_cache_branch",
                "model.onnx needs the input 'use_cache_branch' (bool [1]), which wired-1 does not have");
    }

    @Test
    void fixedBatchesAndLengthsAreRefused() throws Exception {
        refused(
                CAUSAL,
                graph -> {
                    graph.batch = 4;
                    graph.attention = SmallGraph.Attention.GROUP_QUERY;
                },
                "is int64 [4, sequence_length], int64 or int32 [1, any] was expected");
        refused(CAUSAL, graph -> graph.length = 32, "is int64 [batch_size, 32], a length that is free was expected");
    }

    @Test
    void keysAndValuesOnlyOnOneSideAreRefused() throws Exception {
        refused(CAUSAL, graph -> graph.presentKey = "cache.%d.key", "as inputs, but not as outputs");
        refused(
                CAUSAL,
                graph -> graph.pastKey = "cache.%d.key",
                "has keys and values as outputs, but not as inputs; export it with both or with neither.");
    }

    @Test
    void aGraphThatForgetsItsPastFailsTheSelfTest() throws Exception {
        refused(CAUSAL, graph -> graph.forgetful = true, "so a prefix cannot be used again");
    }

    @Test
    void logitsOfAMaskedModelAreRefused() throws Exception {
        refused(
                "BertForMaskedLM",
                graph -> {
                    graph.keeps = false;
                    graph.causal = false;
                },
                "of a BertForMaskedLM, which says nothing about the whole text");
    }

    @Test
    void labelsThatDoNotFitTheClassificationAreRefused() throws Exception {
        foreign.labels = List.of("ham", "spam");
        refused(
                "BertForSequenceClassification",
                graph -> {
                    graph.keeps = false;
                    graph.gives = SmallGraph.Gives.CLASSES;
                },
                "is float [batch_size, 3], the labels are [ham, spam]");
        refused(CAUSAL, _ -> {}, "takes no labels, for its logits are over tokens; leave --label out.");
    }

    @Test
    void aFolderThatLacksAFileSaysWhich() throws Exception {
        refused("has neither genai_config.json nor config.json");
        foreign.optimum(CAUSAL, "");
        refused("holds no .onnx file; name one with --model.");
        foreign.graph("encoder_model.onnx", graph(_ -> {})).graph("decoder_model.onnx", graph(_ -> {}));
        refused("holds the graphs [decoder_model.onnx, encoder_model.onnx]; name one with --model.");
        foreign.optimum("T5ForConditionalGeneration", ", \"is_encoder_decoder\": true");
        refused("holds an encoder with a decoder");
        Files.delete(foreign.path().resolve("tokenizer.json"));
        refused("has no tokenizer.json");
    }

    @Test
    void aContextThatNobodyTellsIsAskedFor() throws Exception {
        foreign.graph("model.onnx", graph(_ -> {}));
        Files.writeString(foreign.path().resolve("config.json"), "{\"architectures\": [\"LlamaForCausalLM\"]}");
        refused("does not say how many tokens its context holds; give --context.");
    }

    @Test
    void theTokenizerOfABiggerModelIsRefused() throws Exception {
        foreign.graph("model.onnx", graph(_ -> {})).optimum(CAUSAL, "");
        Path tokenizer = foreign.path().resolve("tokenizer.json");
        Files.writeString(
                tokenizer, Files.readString(tokenizer).replaceFirst("\"vocab\": *\\{", "\"vocab\":{\"zzzzz\":4096,"));
        refused("tokenizer.json gives token ids up to 4096, the graph takes only 4096 of them");
    }

    @Test
    void aGraphThatIsCutOffIsRefusedWhereverTheCutIs() throws Exception {
        foreign.optimum(CAUSAL, "");
        byte[] whole = graph(_ -> {}).bytes();
        for (int eighth = 0; eighth < 8; eighth++) {
            Files.write(foreign.path().resolve("model.onnx"), Arrays.copyOf(whole, whole.length * eighth / 8));
            refused("model.onnx");
        }
    }

    @Test
    void anAnswerOtherThanTheGoldenOneIsRefusedAtLoad() throws Exception {
        BaseFolder base =
                foreign.graph("model.onnx", graph(_ -> {})).optimum(CAUSAL, "").wrapped();
        Files.write(foreign.path().resolve("model.onnx"), new SmallGraph(new SmallModel(6)).bytes());
        BaseManifest is = base.manifest();
        List<ListedFile> files = is.files().stream()
                .map(file -> file.name().equals("model.onnx") ? listed(file.name()) : file)
                .toList();
        BaseManifest other = new BaseManifest(
                is.name(),
                is.version(),
                is.architecture(),
                is.quantisation(),
                is.contextLength(),
                is.graph(),
                files,
                is.licence(),
                is.madeBy(),
                is.golden());
        Files.write(foreign.path().resolve("base.json"), other.toBytes());
        assertThatThrownBy(() -> Base.open(BaseFolder.read(foreign.path()), EngineOptions.forCores(1))
                        .close())
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining("answers a golden input with a difference of ");
    }

    private ListedFile listed(String name) {
        try {
            return ListedFile.of(foreign.path().resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aTaskIsRefusedWhereTheBaseHasNotWhatItScores() throws Exception {
        BaseFolder base =
                foreign.graph("model.onnx", graph(_ -> {})).optimum(CAUSAL, "").wrapped();
        List<String> labels = List.of("a", "b", "c");
        taskRefused(base, new Scoring.Head(), labels, "the base gives no hidden state");
        taskRefused(base, new Scoring.Classifier(), labels, "without labels does not have; give the task a head.");
        ForeignFolder classes = new ForeignFolder(folder.resolve("classes"))
                .graph("model.onnx", graph(graph -> {
                    graph.keeps = false;
                    graph.gives = SmallGraph.Gives.CLASSES;
                }))
                .optimum("LlamaForSequenceClassification", "");
        BaseFolder classifying = classes.wrapped();
        taskRefused(
                classifying,
                new Scoring.Classifier(),
                labels,
                "has the labels [a, b, c], the base classifies into [LABEL_0, LABEL_1, LABEL_2]; name the same ones.");
        Scoring words = new Scoring.Verbaliser(List.of(
                new Scoring.Word("a", List.of(1)),
                new Scoring.Word("b", List.of(2)),
                new Scoring.Word("c", List.of(3))));
        taskRefused(classifying, words, labels, "this base has no logits over a vocabulary");
    }

    private void taskRefused(BaseFolder base, Scoring scoring, List<String> labels, String why) {
        TaskFolder task = ForeignFolder.task(base, scoring, labels, model.classes);
        assertThatThrownBy(() -> Classifier.open(base, List.of(task), EngineOptions.forCores(1))
                        .close())
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining(why);
    }
}
