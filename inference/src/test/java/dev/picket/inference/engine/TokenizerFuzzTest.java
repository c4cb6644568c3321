package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.JsonDamage;
import java.io.IOException;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A damaged tokenizer.json is refused in a sentence, or is another tokenizer; it never ends the process. */
class TokenizerFuzzTest {
    @Property(tries = 400)
    void aTokenizerWithOddValuesIsRefusedOrEncodes(@ForAll long seed) throws IOException {
        refusedOrEncodes(JsonDamage.of(TinyTokenizer.json(), seed));
    }

    @Property(tries = 400)
    void aTokenizerWithOddBytesIsRefusedOrEncodes(@ForAll int at, @ForAll byte value, @ForAll boolean cut)
            throws IOException {
        byte[] json = TinyTokenizer.json();
        int place = Math.floorMod(at, json.length);
        json[place] = value;
        refusedOrEncodes(cut ? Arrays.copyOf(json, place) : json);
    }

    private static void refusedOrEncodes(byte[] json) {
        try (PromptEncoder encoder = PromptEncoder.of(json)) {
            EncodedText text = encoder.text("a text with </s> and ünïcode 😀", 8);
            assertThat(text.ids()).hasSizeLessThanOrEqualTo(8);
            for (long id : text.ids()) {
                assertThat(id).isBetween(0L, encoder.highestId());
            }
        } catch (BadArtefactException e) {
            assertThat(e).hasMessageStartingWith("tokenizer.json").hasMessageEndingWith(".");
        }
    }
}
