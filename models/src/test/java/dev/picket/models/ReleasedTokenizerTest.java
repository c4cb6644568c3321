package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.engine.PromptEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReleasedTokenizerTest {
    private static final Path JSON = Released.BASE.resolve("tokenizer.json");
    private static final int LONG_ENOUGH = 1 << 20;
    private static final String[] PIECES = {
        "call",
        "FREE",
        " won",
        "£",
        "1000",
        " ",
        "  ",
        "\n",
        "\t",
        "'s",
        "'ll",
        "'",
        "www.",
        "/",
        "<s>",
        "</s>",
        "<pad>",
        "0",
        "\u00a0",
        "\u2003",
        "\u3000",
        "é",
        "ß",
        "Ж",
        "漢字",
        "कि",
        "\u0301",
        "😀",
        "👩‍🏭",
        "\u0000",
        "\u001f",
        "٣",
        "Ⅷ",
        "\uFFFD",
        "-",
        "_",
        "...",
        "<*>",
        "hydraulic",
        "Error",
        "ERROR:",
        "\r\n",
        "a"
    };

    @Test
    void theLibraryGivesTheIdsOfThePlainMergeLoopOnTenThousandRandomStrings() throws Exception {
        ReferenceBpe reference = new ReferenceBpe(JSON);
        Random random = new Random(20);
        try (PromptEncoder encoder = PromptEncoder.of(Files.readAllBytes(JSON))) {
            for (int n = 0; n < 10_000; n++) {
                String text = n % 2 == 0 ? pieces(random) : characters(random);
                assertThat(encoder.text(text, LONG_ENOUGH).ids()).as(text).isEqualTo(reference.ids(text));
            }
        }
    }

    @Test
    void thePromptsOwnTokensAreTheSpecialsAndTheSameLettersInATextAreNot() throws Exception {
        try (PromptEncoder encoder = PromptEncoder.of(Files.readAllBytes(JSON))) {
            assertThat(encoder.prompt("<s>")).containsExactly(1);
            assertThat(encoder.prompt("</s>")).containsExactly(2);
            assertThat(encoder.text("<s>hi</s>", LONG_ENOUGH).ids()).doesNotContain(0, 1, 2);
        }
    }

    private static String pieces(Random random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(30); n > 0; n--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    /** Mostly ASCII; else Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari, signs, CJK: blocks that are long settled. */
    private static String characters(Random random) {
        int[][] blocks = {
            {0x00, 0x7F},
            {0x00, 0x7F},
            {0xA0, 0x24F},
            {0x391, 0x3A1},
            {0x400, 0x45F},
            {0x5D0, 0x5EA},
            {0x620, 0x64A},
            {0x904, 0x939},
            {0x2010, 0x2027},
            {0x2190, 0x21FF},
            {0x4E00, 0x4FFF},
            {0x1F600, 0x1F64F}
        };
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(60); n > 0; n--) {
            int[] block = blocks[random.nextInt(blocks.length)];
            text.appendCodePoint(block[0] + random.nextInt(block[1] - block[0] + 1));
        }
        return text.toString();
    }
}
