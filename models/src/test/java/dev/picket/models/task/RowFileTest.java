package dev.picket.models.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowFileTest {
    private static final List<String> LABELS = List.of("ham", "spam");
    private static final RowFile.Limits SMALL = new RowFile.Limits(3, 40, 60);
    private static final String GOOD = "{\"text\": \"hello\", \"label\": \"ham\"}\n";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"text": "a", "label": "ham"                              | is not JSON.
                    ["text", "label"]                                         | is no JSON object.
                    7                                                         | is no JSON object.
                    {"label": "ham"}                                          | has no text.
                    {"text": 7, "label": "ham"}                               | has no text.
                    {"text": "a"}                                             | has no label; the task's are [ham, spam].
                    {"text": "a", "label": "eggs"}                            | has the label "eggs"; the task's are [ham, spam].
                    {"text": "a", "label": ["ham"]}                           | has the label ["ham"]; the task's are [ham, spam].
                    {"text": "01234567890123456789012345678901234567890", "label": "ham"} | has a text of 41 characters, more than the limit of 40.
                    """)
    void aBadRowIsOneSentenceWithTheNumberOfItsLine(String line, String sentence) {
        assertThatThrownBy(() -> read("\n" + GOOD + line + "\n"))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage(file() + " line 3 " + sentence);
    }

    @Test
    void blankLinesCountAsLinesOnlyAndTheLastLineNeedsNoEnd() throws Exception {
        List<LabelledText> rows = read("\n" + GOOD + "\r\n" + GOOD.strip());
        assertThat(rows).extracting(LabelledText::line).containsExactly(2, 4);
    }

    @Test
    void moreRowsLongerLinesAndMoreTextThanTheLimitAreRefused() {
        assertThatThrownBy(() -> read(GOOD.repeat(4))).hasMessage(file() + " has more than 3 rows.");
        assertThatThrownBy(() -> read(GOOD + "{" + " ".repeat(100_000)))
                .hasMessageStartingWith(file() + " line 2 is longer than");
        String wide = "{\"text\": \"" + "x".repeat(35) + "\", \"label\": \"ham\"}\n";
        assertThatThrownBy(() -> read(wide + wide))
                .hasMessage(file() + " line 2 ends a file of more than 60 characters of text; give less.");
        assertThatThrownBy(() -> read(" \n")).hasMessage(file() + " has no rows.");
    }

    @Test
    void bytesThatAreNoTextAreRefused() throws Exception {
        Files.write(file(), new byte[] {'{', (byte) 0xff, '\n'});
        assertThatThrownBy(() -> new RowFile(file(), SMALL).read(LABELS, null))
                .hasMessage(file() + " is not UTF-8, from line 1 on.");
    }

    /** Lines put together from what rows are made of, so that most are nearly right. */
    @Test
    void whateverAFileHoldsIsRowsOrOneSentence() throws Exception {
        String[] pieces = {
            "{",
            "}",
            "\"text\"",
            "\"label\"",
            ":",
            ",",
            "\"ham\"",
            "\"x\"",
            "null",
            "7",
            "[",
            "]",
            "\n",
            " ",
            "\u00e9",
            "\ud83d",
            "\\u0000",
            "\""
        };
        Random random = new Random(4);
        int read = 0;
        for (int i = 0; i < 800; i++) {
            StringBuilder content = new StringBuilder(i % 3 == 0 ? GOOD : "");
            for (int n = random.nextInt(14); n > 0; n--) {
                content.append(pieces[random.nextInt(pieces.length)]);
            }
            Files.write(file(), content.toString().getBytes(StandardCharsets.UTF_8));
            try {
                read += new RowFile(file(), SMALL).read(LABELS, null).size();
            } catch (BadArtefactException e) {
                assertThat(e.getMessage())
                        .startsWith(file().toString())
                        .endsWith(".")
                        .doesNotContain("\n");
            }
        }
        assertThat(read).isPositive();
    }

    @Test
    void theFieldToSplitByMayCountWithItsFirstCharacters() throws Exception {
        String row = "{\"text\": \"a\", \"label\": \"ham\", \"time\": \"2026-11-21T08:00:00Z\"}\n";
        write(row);
        RowFile rows = new RowFile(file(), SMALL);
        assertThat(rows.read(LABELS, new RowFile.GroupField("time", 7))
                        .getFirst()
                        .group())
                .isEqualTo("2026-11");
        assertThat(rows.read(LABELS, new RowFile.GroupField("time", 0))
                        .getFirst()
                        .group())
                .isEqualTo("2026-11-21T08:00:00Z");
        assertThatThrownBy(() -> rows.read(LABELS, new RowFile.GroupField("machine", 0)))
                .hasMessage(file() + " line 1 has no field 'machine' to split by.");
    }

    @Test
    void aTextFallsIntoOnePartWhateverItsNumbersAndCase() throws Exception {
        Map<Part, Integer> parts = new EnumMap<>(Part.class);
        for (int i = 0; i < 4000; i++) {
            String word = Integer.toString(i, 26)
                    .chars()
                    .map(c -> c < 'a' ? c - '0' + 'a' : c - 'a' + 'k')
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            parts.merge(Part.of("valve " + word + " leaks 17 l"), 1, Integer::sum);
            assertThat(Part.of("VALVE  " + word + " leaks: 3 l")).isEqualTo(Part.of("valve " + word + " leaks 17 l"));
        }
        assertThat(parts.get(Part.TRAIN)).isBetween(2080, 2320);
        assertThat(parts.get(Part.DEV)).isBetween(520, 680);
        assertThat(parts.get(Part.CALIBRATE)).isBetween(520, 680);
        assertThat(parts.get(Part.TEST)).isBetween(520, 680);
    }

    private List<LabelledText> read(String content) throws Exception {
        write(content);
        return new RowFile(file(), SMALL).read(LABELS, null);
    }

    private void write(String content) throws Exception {
        Files.write(file(), content.getBytes(StandardCharsets.UTF_8));
    }

    private Path file() {
        return folder.resolve("rows.jsonl");
    }
}
