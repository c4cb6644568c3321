package dev.picket.inference.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.JsonDamage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {
    @Test
    void aBaseManifestWrittenAndReadIsTheSame() throws Exception {
        assertThat(BaseManifest.parse(Samples.base().toBytes())).isEqualTo(Samples.base());
    }

    @Test
    void aTaskManifestWrittenAndReadIsTheSame() throws Exception {
        assertThat(TaskManifest.parse(Samples.task().toBytes())).isEqualTo(Samples.task());
    }

    @Test
    void aVerbaliserWrittenAndReadIsTheSame() throws Exception {
        TaskManifest task = Samples.task(new Scoring.Verbaliser(
                List.of(new Scoring.Word(" no", List.of(7)), new Scoring.Word(" yes", List.of(8, 9)))));
        assertThat(TaskManifest.parse(task.toBytes())).isEqualTo(task);
    }

    @Test
    void aWidePartAWiringAndGoldenAnswersAreTheSameWhenReadAgain() throws Exception {
        TaskManifest task = Samples.task(new Scoring.Head(new Scoring.Wide(1 << 18, 2, 3, 5, 4096)));
        assertThat(TaskManifest.parse(task.toBytes())).isEqualTo(task);
        assertThat(task.scoringDigest()).isNotEqualTo(Samples.task().scoringDigest());
        assertThat(BaseManifest.parse(Samples.wired().toBytes())).isEqualTo(Samples.wired());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"buckets\":262144 | \"buckets\":262145 | task.json: $.scoring.wide.buckets is 262145, a power of two is needed.",
                "\"features\":\"ngrams-1\" | \"features\":\"ngrams-2\" | task.json: $.scoring.wide.features must be 'ngrams-1'.",
                "\"minCharacters\":3 | \"minCharacters\":6 | task.json: $.scoring.wide.maxCharacters and words leave no n-grams at all.",
            })
    void aFaultInAWidePartIsOneSentenceWithItsPath(String from, String to, String sentence) {
        TaskManifest task = Samples.task(new Scoring.Head(new Scoring.Wide(1 << 18, 2, 3, 5, 4096)));
        String json = new String(task.toBytes(), UTF_8).replace(from, to);
        assertThatThrownBy(() -> TaskManifest.parse(json.getBytes(UTF_8)))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"answer\":\"last\" | \"answer\":\"middle\" | base.json: $.graph.wiring.answer must be 'last' or 'first'.",
                "past.%d.key | past.key | base.json: $.graph.wiring.inputs.past.key must be a name with one %d.",
                "\"layers\":2 | \"layers\":0 | base.json: $.graph.layers kvHeads and headSize are numbers above 0 where wiring.inputs.past is named, else 0.",
                "\"hidden\":\"states\" | \"hidden\":null | base.json: $.graph.hiddenSize is above 0 where wiring.outputs.hidden is named, else 0.",
                "\"labels\":[\"a\",\"b\"] | \"labels\":[\"a\",\"a\"] | base.json: $.graph.wiring.labels must be two or more different names, or none.",
                "\"width\":16 | \"width\":1 | base.json: $.golden[0].values must be one to width numbers for one or more tokens.",
                "wired-1 | wired-2 | base.json: $.graph.contract must be 'picket-1' or 'wired-1', which this version runs.",
            })
    void aFaultInAWiringIsOneSentenceWithItsPath(String from, String to, String sentence) {
        String json = new String(Samples.wired().toBytes(), UTF_8).replace(from, to);
        assertThatThrownBy(() -> BaseManifest.parse(json.getBytes(UTF_8)))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"format\":1 | \"format\":2 | base.json: $.format is 2, outside 1 to 1.",
                "\"kind\":\"base\" | \"kind\":\"task\" | base.json: $.kind must be 'base'.",
                "\"hiddenSize\":256 | \"hiddenSize\":0 | base.json: $.graph.hiddenSize is 0, outside 1 to 131072.",
                "\"hiddenSize\":256 | \"hidenSize\":256 | base.json: $.graph.hiddenSize is missing.",
                "\"layers\":4 | \"layers\":4,\"more\":1 | base.json: $.graph has the unknown key 'more'.",
                "\"name\":\"model.onnx\" | \"name\":\"../model.onnx\" | base.json: $.files[0].name must be a plain file name.",
                "\"name\":\"model.onnx\" | \"name\":\"tokenizer.json\" | base.json: $.files[1].name lists 'tokenizer.json' a second time.",
                "\"length\":3 | \"length\":3.5 | base.json: $.files[0].length must be a whole number but is the number 3.5.",
                "\"licence\":\"Apache-2.0\" | \"licence\":\"A\",\"licence\":\"B\" | base.json is not JSON: Duplicate field 'licence'.",
            })
    void aFaultInBaseJsonIsOneSentenceWithItsPath(String from, String to, String sentence) {
        String json = new String(Samples.base().toBytes(), UTF_8).replace(from, to);
        assertThatThrownBy(() -> BaseManifest.parse(json.getBytes(UTF_8)))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage(sentence);
    }

    @Test
    void aRuleForAFirstStageWrittenAndReadIsTheSame() throws Exception {
        TaskManifest task = Samples.task()
                .withCascade(new CascadeRule("quick", Map.of("ham", new TaskManifest.Threshold(0.99, 400, 0.01))));
        assertThat(TaskManifest.parse(task.toBytes())).isEqualTo(task);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"task\":\"fraud\",\"accept\":{}} | $.cascade.task is this task itself.",
                "{\"task\":\"q\",\"accept\":{}} | $.cascade.accept names no label, so the first stage could never answer.",
                "{\"task\":\"q\",\"accept\":{\"x\":{}}} | $.cascade.accept names 'x', which is no label of the task.",
                "{\"task\":\"q\",\"accept\":{\"smishing\":{}}} | $.cascade.accept names 'smishing', which always escalates and so cannot stand early.",
                "{\"task\":\"q\",\"accept\":{\"ham\":{\"value\":2}}} | $.cascade.accept.ham.value is 2.0, outside 0.0 to 1.0.",
            })
    void aRuleThatCannotBeKeptIsOneSentenceWithItsPath(String rule, String sentence) {
        String json = new String(Samples.task().toBytes(), UTF_8)
                .replace("\"files\":", "\"cascade\":" + rule + ",\"files\":");
        assertThatThrownBy(() -> TaskManifest.parse(json.getBytes(UTF_8)))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage("task.json: " + sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"priority\":\"alarm\" | \"priority\":\"escalation\" | $.labels[1].priority must be 'alarm', 'notice' or 'routine'.",
                "\"name\":\"smishing\" | \"name\":\"ham\" | $.labels[1].name is 'ham' a second time.",
                "\"temperature\":1.5 | \"temperature\":0 | $.calibration.temperature is 0.0, outside 0.001 to 1000.0.",
                "\"bias\":[0.0,-0.25] | \"bias\":[0.0] | $.calibration.bias has 1 elements, one for each of the 2 labels is needed.",
                "\"perLabel\":{\"smishing\" | \"perLabel\":{\"spam\" | $.decision.perLabel names 'spam', which is no label of the task.",
                "\"confidence\":[0.0,0.1 | \"confidence\":[0.2,0.1 | $.drift.confidence[1] is less than the quantile before it.",
                "\"distance\":[0.0 | \"distance\":[0.0,0.1,0.2],\"labelmass\":[0.0 | $.drift.distance must have 11 to 101 quantiles but has 3.",
                "\"labels\":[476,41] | \"labels\":[476] | $.drift.labels has 1 elements, one for each of the 2 labels is needed.",
                "\"labelMass\" | \"labelmass\" | $.drift has the unknown key 'labelmass'.",
                "head.safetensors | other.bin | $.files does not list head.safetensors, which scoring of kind 'head' needs.",
            })
    void aFaultInTaskJsonIsOneSentenceWithItsPath(String from, String to, String sentence) {
        String json = new String(Samples.task().toBytes(), UTF_8).replace(from, to);
        assertThatThrownBy(() -> TaskManifest.parse(json.getBytes(UTF_8)))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage("task.json: " + sentence);
    }

    @Test
    void aPromptThatTheCalibrationWasNotFittedOnIsRefused() {
        String json = new String(Samples.task().toBytes(), UTF_8).replace("\"suffix\":\"</s>\"", "\"suffix\":\"\"");
        assertThatThrownBy(() -> TaskManifest.parse(json.getBytes(UTF_8)))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining("$.calibration.scoringDigest is not ");
    }

    @Test
    void theScoringDigestIsTheHashOfTheCanonicalJson() {
        String canonical =
                "{\"adapter\":null,\"base\":\"b\",\"head\":\"h\",\"kind\":\"head\",\"labels\":[{\"name\":\"é\",\"tokens\":null}],"
                        + "\"prompt\":{\"maxTextTokens\":5,\"prefix\":\"<s>\",\"suffix\":\"\"}}";
        assertThat(ScoringDigest.of(
                        "b", null, "h", new Scoring.Head(), List.of("é"), new TaskManifest.Prompt("<s>", "", 5)))
                .isEqualTo(Sha256.of(canonical.getBytes(UTF_8)));
    }

    @Property(tries = 3000)
    void aDamagedManifestGivesTheTypedFaultOrAnother(
            @ForAll @IntRange(max = 4000) int at, @ForAll byte value, @ForAll @IntRange(max = 3) int drop) {
        damagedParses(Samples.base().toBytes(), at, value, drop, BaseManifest::parse);
        damagedParses(Samples.wired().toBytes(), at, value, drop, BaseManifest::parse);
        damagedParses(Samples.task().toBytes(), at, value, drop, TaskManifest::parse);
    }

    @Property(tries = 2000)
    void aManifestWithOddValuesIsRefusedOrReadBackTheSame(@ForAll long seed) throws IOException {
        TaskManifest words = Samples.task(new Scoring.Verbaliser(
                List.of(new Scoring.Word(" no", List.of(7)), new Scoring.Word(" yes", List.of(8, 9)))));
        TaskManifest wide = Samples.task(new Scoring.Head(new Scoring.Wide(1 << 18, 2, 3, 5, 4096)));
        for (TaskManifest task : List.of(Samples.task(), words, wide)) {
            refusedOrTheSame(task.toBytes(), seed, bytes -> TaskManifest.parse(bytes), TaskManifest::toBytes);
        }
        for (BaseManifest base : List.of(Samples.base(), Samples.wired())) {
            refusedOrTheSame(base.toBytes(), seed, bytes -> BaseManifest.parse(bytes), BaseManifest::toBytes);
        }
    }

    private interface Reader<T> {
        T read(byte[] bytes) throws BadArtefactException;
    }

    private static <T> void refusedOrTheSame(byte[] whole, long seed, Reader<T> reader, Function<T, byte[]> writer)
            throws IOException {
        try {
            T read = reader.read(JsonDamage.of(whole, seed));
            assertThat(reader.read(writer.apply(read))).isEqualTo(read);
        } catch (BadArtefactException e) {
            assertThat(e).hasMessageEndingWith(".");
        }
    }

    @Property
    void randomBytesAreRefusedInASentence(@ForAll byte[] bytes) {
        assertThatThrownBy(() -> BaseManifest.parse(bytes)).isInstanceOf(BadArtefactException.class);
    }

    @Test
    void deepNestingIsRefusedInASentence() {
        assertThatThrownBy(() -> BaseManifest.parse("[".repeat(100_000).getBytes(UTF_8)))
                .isInstanceOf(BadArtefactException.class);
    }

    interface Parser {
        Object parse(byte[] bytes) throws BadArtefactException;
    }

    /** Damage may leave a manifest valid; what it may not do is throw anything but the typed exception. */
    static void damagedParses(byte[] whole, int at, byte value, int drop, Parser parser) {
        byte[] damaged = Arrays.copyOf(whole, whole.length - drop);
        damaged[at % damaged.length] = value;
        try {
            parser.parse(damaged);
        } catch (BadArtefactException e) {
            assertThat(e).hasMessageEndingWith(".");
        }
    }
}
