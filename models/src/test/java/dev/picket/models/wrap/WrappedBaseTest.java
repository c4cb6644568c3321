package dev.picket.models.wrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.Wiring;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.PromptEncoder;
import dev.picket.models.onnx.ElementType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each kind of folder becomes a base, and what the classifier scores on it is what the model's definition gives. */
class WrappedBaseTest {
    private static final List<String> TEXTS =
            List.of("Your parcel is waiting, pay the fee now", "", "see you at noon ".repeat(20), "ünïcode 😀 </s><s>");
    private static final List<String> LABELS = List.of("ham", "spam", "smishing");
    private static final List<String> WORDS = List.of(" no", " yes, spam", " yes, fraud");

    @TempDir
    Path folder;

    private final SmallModel model = new SmallModel(4);

    /** Decoders that give logits over the vocabulary. */
    enum Decoder {
        GENAI,
        GENAI_LAST_LOGITS_ONLY,
        OPTIMUM,
        OPTIMUM_HALF,
        OPTIMUM_WITHOUT_PAST,
        OPTIMUM_LOGITS_TO_KEEP,
        OPTIMUM_NARROW_IDS,
        OPTIMUM_OTHER_PRESENTS;

        void turn(SmallGraph graph) {
            if (isGenai()) {
                graph.attention = SmallGraph.Attention.GROUP_QUERY;
                graph.pastKey = "past_key_%d";
            }
            switch (this) {
                case GENAI -> graph.positionIds = false;
                case GENAI_LAST_LOGITS_ONLY -> graph.gives = SmallGraph.Gives.LAST_LOGITS;
                case OPTIMUM -> {}
                case OPTIMUM_HALF -> {
                    graph.keyValues = ElementType.FLOAT16;
                    graph.outputs = ElementType.FLOAT16;
                    graph.positionIds = false;
                }
                case OPTIMUM_WITHOUT_PAST -> graph.keeps = false;
                case OPTIMUM_LOGITS_TO_KEEP -> graph.gives = SmallGraph.Gives.KEPT_LOGITS;
                case OPTIMUM_NARROW_IDS -> graph.ids = ElementType.INT32;
                case OPTIMUM_OTHER_PRESENTS -> graph.presentKey = "present_key_values.%d.key";
            }
        }

        boolean isGenai() {
            return name().startsWith("GENAI");
        }
    }

    private SmallGraph graph(Consumer<SmallGraph> knobs) {
        SmallGraph graph = new SmallGraph(model);
        knobs.accept(graph);
        return graph;
    }

    private BaseFolder wrapped(Decoder decoder) throws Exception {
        ForeignFolder foreign = new ForeignFolder(folder.resolve("base"));
        if (decoder.isGenai()) {
            foreign.graph("decoder.onnx", graph(decoder::turn)).genai("decoder.onnx", "past_key_%d", "past_value_%d");
        } else {
            foreign.graph("model.onnx", graph(decoder::turn)).optimum("LlamaForCausalLM", "");
        }
        return foreign.wrapped();
    }

    @ParameterizedTest
    @EnumSource
    void aDecoderScoresWordsAsTheReferenceDoes(Decoder decoder) throws Exception {
        BaseFolder base = wrapped(decoder);
        try (PromptEncoder encoder = new ForeignFolder(folder.resolve("other")).encoder()) {
            List<Scoring.Word> words = WORDS.stream()
                    .map(word -> ForeignFolder.word(encoder, word))
                    .toList();
            // Two labels part only behind their first token, so a second run is needed.
            assertThat(words.get(1).tokens().getFirst())
                    .isEqualTo(words.get(2).tokens().getFirst());
            Scoring scoring = new Scoring.Verbaliser(words);
            try (Classifier classifier = Classifier.open(
                    base,
                    List.of(ForeignFolder.task(base, scoring, LABELS, new float[0])),
                    EngineOptions.forCores(2))) {
                for (String text : TEXTS) {
                    float[] scores = classifier.scores("small", text);
                    double[] expected = expected(words, ForeignFolder.tokens(encoder, text));
                    for (int label = 0; label < scores.length; label++) {
                        assertThat((double) scores[label])
                                .isCloseTo(expected[label], within(decoder == Decoder.OPTIMUM_HALF ? 0.1 : 1e-3));
                    }
                }
            }
        }
    }

    /** Each word's probability up to the token that no other shares. */
    private double[] expected(List<Scoring.Word> words, long[] ids) {
        double[] expected = new double[words.size()];
        for (int label = 0; label < expected.length; label++) {
            List<Long> before = new ArrayList<>();
            for (int token : words.get(label).tokens()) {
                long[] path = before.stream().mapToLong(Long::longValue).toArray();
                expected[label] += model.next(ForeignFolder.join(ids, path))[token];
                before.add((long) token);
                long sharers = words.stream()
                        .filter(word -> word.tokens().size() >= before.size()
                                && word.tokens().subList(0, before.size()).stream()
                                        .map(Integer::longValue)
                                        .toList()
                                        .equals(before))
                        .count();
                if (sharers == 1) {
                    break;
                }
            }
        }
        return expected;
    }

    @Test
    void whatTheGraphHasStandsInTheManifest() throws Exception {
        BaseManifest genai = wrapped(Decoder.GENAI).manifest();
        assertThat(genai.graph().wiring().file()).isEqualTo("decoder.onnx");
        assertThat(genai.graph().wiring().inputs().past())
                .isEqualTo(new Wiring.Layered("past_key_%d", "past_value_%d"));
        assertThat(genai.graph().wiring().inputs().positions()).isNull();
        assertThat(genai.graph().layers()).isEqualTo(2);
        assertThat(genai.graph().headSize()).isEqualTo(8);
        assertThat(genai.contextLength()).isEqualTo(128);
        assertThat(genai.golden()).hasSize(2);
        assertThat(BaseManifest.parse(genai.toBytes())).isEqualTo(genai);
    }

    @ParameterizedTest
    @EnumSource
    void aClassificationScoresItsOwnLabelsByName(Classification kind) throws Exception {
        ForeignFolder foreign = new ForeignFolder(folder.resolve("base"))
                .graph("model_quantized.onnx", graph(kind::turn))
                .optimum(
                        kind.causal ? "LlamaForSequenceClassification" : "BertForSequenceClassification",
                        ", \"id2label\": {\"0\": \"ham\", \"1\": \"spam\", \"2\": \"smishing\"}");
        BaseFolder base = foreign.wrapped();
        assertThat(base.manifest().graph().wiring().labels()).isEqualTo(LABELS);
        List<String> other = List.of("smishing", "ham", "spam");
        try (PromptEncoder encoder = foreign.encoder();
                Classifier classifier = Classifier.open(
                        base,
                        List.of(ForeignFolder.task(base, new Scoring.Classifier(), other, new float[0])),
                        EngineOptions.forCores(1))) {
            for (String text : TEXTS) {
                long[] ids = ForeignFolder.tokens(encoder, text);
                double[][] hidden = model.hidden(ids, kind.causal, kind.typed);
                double[] expected = model.classes(hidden[kind.causal ? ids.length - 1 : 0]);
                float[] scores = classifier.scores("small", text);
                for (int label = 0; label < scores.length; label++) {
                    assertThat((double) scores[label])
                            .isCloseTo(expected[LABELS.indexOf(other.get(label))], within(1e-3));
                }
            }
        }
    }

    /** Graphs that end in a classification. */
    enum Classification {
        ENCODER_WITH_TYPES(false, true),
        ENCODER_WITHOUT_TYPES(false, false),
        DECODER(true, false);

        private final boolean causal;
        private final boolean typed;

        Classification(boolean causal, boolean typed) {
            this.causal = causal;
            this.typed = typed;
        }

        void turn(SmallGraph graph) {
            graph.gives = SmallGraph.Gives.CLASSES;
            graph.keeps = false;
            graph.causal = causal;
            graph.tokenTypes = typed;
            graph.positionIds = false;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LAST", "FIRST"})
    void aHeadIsAppliedToTheStateOfTheAnsweringToken(Wiring.Answer answer) throws Exception {
        boolean causal = answer == Wiring.Answer.LAST;
        ForeignFolder foreign = new ForeignFolder(folder.resolve("base"))
                .graph("model.onnx", graph(graph -> {
                    graph.gives = SmallGraph.Gives.HIDDEN;
                    graph.causal = causal;
                    graph.keeps = causal;
                    graph.outputs = causal ? ElementType.FLOAT : ElementType.FLOAT16;
                }))
                .optimum(causal ? "LlamaForCausalLM" : "BertModel", "");
        BaseFolder base = foreign.wrapped();
        assertThat(base.manifest().graph().wiring().answer()).isEqualTo(answer);
        try (PromptEncoder encoder = foreign.encoder();
                Classifier classifier = Classifier.open(
                        base,
                        List.of(ForeignFolder.task(base, new Scoring.Head(), LABELS, model.classes)),
                        EngineOptions.forCores(1))) {
            long[] ids = ForeignFolder.tokens(encoder, TEXTS.getFirst());
            double[] expected = model.classes(model.hidden(ids, causal, false)[causal ? ids.length - 1 : 0]);
            float[] scores = classifier.scores("small", TEXTS.getFirst());
            for (int label = 0; label < scores.length; label++) {
                assertThat((double) scores[label]).isCloseTo(expected[label], within(0.02));
            }
        }
        assertThat(Objects.requireNonNull(
                        base.manifest().graph().wiring().outputs().hidden()))
                .isEqualTo("last_hidden_state");
    }
}
