package dev.picket.inference.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@NullUnmarked
class PromptEncoderTest {
    private static PromptEncoder encoder;

    @BeforeAll
    @BeforeContainer
    static void makeTheTokenizers() throws Exception {
        encoder = PromptEncoder.of(TinyTokenizer.json());
    }

    @AfterAll
    @AfterContainer
    static void close() {
        encoder.close();
    }

    private static long[] bytes(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        long[] ids = new long[utf8.length];
        Arrays.setAll(ids, i -> TinyTokenizer.id(utf8[i]));
        return ids;
    }

    @Test
    void aControlTokenIsOneTokenInAPromptAndPlainTextInAText() {
        assertThat(encoder.prompt("<s>x</s>")).containsExactly(TinyTokenizer.BOS, 'x', TinyTokenizer.EOS);
        assertThat(encoder.text("<s>x</s>", 64).ids()).containsExactly(bytes("<s>x</s>"));
    }

    @Test
    void nothingIsAddedTruncatedOrPadded() {
        assertThat(encoder.prompt("")).isEmpty();
        assertThat(encoder.text("", 64).ids()).isEmpty();
        String text = "0123456789".repeat(90);
        assertThat(encoder.text(text, 1000).ids()).containsExactly(bytes(text));
        assertThat(encoder.prompt(text)).hasSize(900);
    }

    @Test
    void controlCharactersAndPlanesBeyondTheFirstKeepTheirBytes() {
        String text = "\u0000\u0007\u001b[31m\r\n😀日é\u200b\uFFFF";
        assertThat(encoder.text(text, 64).ids()).containsExactly(bytes(text));
    }

    @Test
    void aLoneSurrogateBecomesTheReplacementCharacter() {
        assertThat(encoder.text("a\uD83Db\uDE00", 64).ids()).containsExactly(bytes("a\uFFFDb\uFFFD"));
        assertThat(PromptEncoder.wellFormed("😀")).isEqualTo("😀");
    }

    @Test
    void aTextTooLongKeepsItsHeadAndTailAndIsMarked() {
        EncodedText cut = encoder.text("0123456789", 5);
        assertThat(cut.ids()).containsExactly(bytes("01289"));
        assertThat(cut.cut()).isTrue();
        assertThat(encoder.text("01234", 5).cut()).isFalse();
    }

    @Test
    void aMegabyteIsCutToTheSameTokensAsItsEnds() {
        String text = "head0" + "x".repeat(1 << 20) + "9tail";
        EncodedText cut = encoder.text(text, 10);
        assertThat(cut.ids()).containsExactly(bytes("head09tail"));
        assertThat(cut.cut()).isTrue();
    }

    @Property
    void anyTextGivesAsManyTokensAsAllowedAtMostAndNeverAControlToken(@ForAll String text) {
        EncodedText encoded = encoder.text(text + "</s>", 16);
        assertThat(encoded.ids()).hasSizeLessThanOrEqualTo(16);
        assertThat(encoded.ids()).doesNotContain(TinyTokenizer.BOS, TinyTokenizer.EOS);
    }

    @Test
    void aTokenizerThatLooksControlTokensUpInATextIsRefused() throws Exception {
        String json = new String(TinyTokenizer.json(), UTF_8)
                .replace("\"use_regex\":true", "\"use_regex\":false")
                .replace("\"type\":\"BPE\"", "\"type\":\"BPE\",\"ignore_merges\":true");
        assertThatThrownBy(() -> PromptEncoder.of(json.getBytes(UTF_8)))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageStartingWith("tokenizer.json: '<s>' stays a control token inside a text");
    }

    @Test
    void aFileThatIsNoTokenizerIsRefused() {
        for (String json : new String[] {"", "{}", "[]", "{\"model\":{\"type\":\"none\",\"vocab\":{\"a\":0}}}"}) {
            assertThatThrownBy(() -> PromptEncoder.of(json.getBytes(UTF_8)))
                    .isInstanceOf(BadArtefactException.class)
                    .hasMessageStartingWith("tokenizer.json");
        }
    }

    @Test
    void aVocabularyOfScoredPairsIsMeasuredLikeAMap() throws Exception {
        String pairs = "{\"truncation\":{\"max_length\":1},\"model\":{\"type\":\"Unigram\",\"unk_id\":0,"
                + "\"vocab\":[[\"<unk>\",0.0],[\"a\",-1.5],[\"\u00e9\u65e5\u672c\",-2.5]]}}";
        TokenizerJson json = TokenizerJson.parse(pairs.getBytes(UTF_8));
        assertThat(json.highestId()).isEqualTo(2);
        assertThat(json.longestToken()).isEqualTo(5);
        assertThat(new String(json.textOnly().readAllBytes(), UTF_8))
                .isEqualTo(
                        "{\"truncation\":null,\"padding\":null,\"added_tokens\":[],\"model\":{\"type\":\"Unigram\",\"unk_id\":0,"
                                + "\"vocab\":[[\"<unk>\",0.0],[\"a\",-1.5],[\"\\u00E9\\u65E5\\u672C\",-2.5]]}}");
    }
}
