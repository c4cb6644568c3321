package dev.picket.models.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HalvesTest {
    @Test
    void nearlyTheSameTextsFallTogetherAndEachLabelIsHalved() {
        List<LabelledText> rows = rows();
        Halves halves = Halves.of(rows);
        Set<String> fit = keys(halves.fit());
        Set<String> common = new HashSet<>(fit);
        common.retainAll(keys(halves.test()));
        assertThat(common).isEmpty();
        assertThat(halves.fit().size() + halves.test().size()).isEqualTo(rows.size());
        for (int label = 0; label < 3; label++) {
            int asked = label;
            long distinct = keys(rows.stream()
                            .filter(row -> row.label() == asked)
                            .toList())
                    .size();
            long mine = keys(halves.fit().stream()
                            .filter(row -> row.label() == asked)
                            .toList())
                    .size();
            assertThat(mine).isBetween(distinct / 2, distinct / 2 + 1);
        }
    }

    @Test
    void theOrderOfTheFileDoesNotMatter() {
        List<LabelledText> rows = new ArrayList<>(rows());
        Set<String> before = keys(Halves.of(rows).fit());
        Collections.shuffle(rows, new Random(3));
        assertThat(keys(Halves.of(rows).fit())).isEqualTo(before);
    }

    private static Set<String> keys(List<LabelledText> rows) {
        return rows.stream().map(row -> TextKey.of(row.text())).collect(Collectors.toSet());
    }

    private static List<LabelledText> rows() {
        List<LabelledText> rows = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            String word = "" + (char) ('a' + i % 26) + (char) ('a' + i / 26);
            for (int copy = 0; copy < 1 + i % 3; copy++) {
                rows.add(new LabelledText("Valve " + word + " at " + copy * 17 + " bar", i % 3));
            }
        }
        return rows;
    }
}
