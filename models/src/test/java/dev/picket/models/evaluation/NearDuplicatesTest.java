package dev.picket.models.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NearDuplicatesTest {
    private final NearDuplicates index = new NearDuplicates(10_000, 1_000);

    @Test
    void aTextThatDiffersByNumbersCaseAndPunctuationIsTheSame() {
        index.add("Pump 17 lost pressure: 3.2 bar!", 0, 5);
        NearDuplicates.Match match = Objects.requireNonNull(index.find("pump 4 LOST pressure (1.9 bar)", 1));
        assertThat(match.line()).isEqualTo(5);
        assertThat(match.likeness()).isEqualTo(1);
    }

    @Test
    void nearlyAllEditedTextsAreFoundAgainAmongThousandsOfOthers() {
        Random random = new Random(6);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            texts.add(words(random, 20));
            index.add(texts.getLast(), 0, i + 1);
        }
        int found = 0;
        for (int i = 0; i < 300; i++) {
            NearDuplicates.Match match = index.find(texts.get(i) + " " + words(random, 2), 1);
            found += match != null && match.line() == i + 1 ? 1 : 0;
            assertThat(index.find(words(random, 20), 1)).isNull();
        }
        assertThat(found).isGreaterThanOrEqualTo(297);
    }

    @Test
    void textsOfTheSameSideDoNotCount() {
        index.add("bearing of the north conveyor is worn", 2, 1);
        assertThat(index.find("bearing of the north conveyor is worn", 2)).isNull();
        assertThat(index.find("bearing of the north conveyor is worn", 3)).isNotNull();
    }

    @Test
    void aLineThatComesAThousandTimesHidesNoOtherSide() {
        for (int i = 0; i < 1000; i++) {
            index.add("heartbeat of gateway " + i + " is fine", 0, i + 1);
        }
        index.add("heartbeat of gateway 7 is fine", 1, 2000);
        assertThat(Objects.requireNonNull(index.find("heartbeat of gateway 9 is fine", 0))
                        .line())
                .isEqualTo(2000);
    }

    @Test
    void aFullIndexTakesNothingMore() {
        NearDuplicates small = new NearDuplicates(1, 1_000);
        assertThat(small.add("one", 0, 1)).isTrue();
        assertThat(small.add("two", 0, 2)).isFalse();
        assertThat(small.size()).isEqualTo(1);
    }

    @Test
    void textsWithoutALetterAreComparedAsTheyStand() {
        index.add("!!!", 0, 1);
        assertThat(index.find("???", 1)).isNull();
        assertThat(index.find("!!!", 1)).isNotNull();
        assertThat(index.find("", 1)).isNull();
    }

    private static String words(Random random, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            for (int letter = 0; letter < 7; letter++) {
                text.append((char) ('a' + random.nextInt(26)));
            }
            text.append(' ');
        }
        return text.toString();
    }
}
