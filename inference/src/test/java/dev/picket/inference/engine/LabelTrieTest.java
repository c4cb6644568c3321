package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.Scoring;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LabelTrieTest {
    private static Scoring.Word word(Integer... tokens) {
        return new Scoring.Word(Arrays.toString(tokens), List.of(tokens));
    }

    @Test
    void wordsThatPartAtOnceNeedNoFurtherRun() throws Exception {
        LabelTrie trie = LabelTrie.of(List.of(word(1, 9), word(2), word(3, 9, 9)));
        assertThat(trie.paths()).isEmpty();
        assertThat(trie.steps())
                .containsExactly(
                        List.of(new LabelTrie.Step(0, 0, 1)),
                        List.of(new LabelTrie.Step(0, 0, 2)),
                        List.of(new LabelTrie.Step(0, 0, 3)));
    }

    @Test
    void onePathServesEveryPlaceThatLiesOnIt() throws Exception {
        LabelTrie trie = LabelTrie.of(List.of(word(1, 2, 3, 4), word(1, 2, 3, 5), word(1, 6), word(7)));
        assertThat(trie.paths()).hasSize(1);
        assertThat(trie.paths().getFirst()).containsExactly(1, 2, 3);
        assertThat(trie.steps().get(1))
                .containsExactly(
                        new LabelTrie.Step(0, 0, 1),
                        new LabelTrie.Step(1, 0, 2),
                        new LabelTrie.Step(1, 1, 3),
                        new LabelTrie.Step(1, 2, 5));
        assertThat(trie.steps().get(2)).containsExactly(new LabelTrie.Step(0, 0, 1), new LabelTrie.Step(1, 0, 6));
        assertThat(trie.depth()).isEqualTo(3);
    }

    @Test
    void aWordThatBeginsAnotherOrIsTheSameIsRefusedWithTheReason() {
        for (Scoring.Word other : List.of(word(1, 2), word(1))) {
            assertThatThrownBy(() -> LabelTrie.of(List.of(other, word(1), word(3))))
                    .isInstanceOf(BadArtefactException.class)
                    .hasMessageContaining("'[1]' is another label's word or the beginning of one");
        }
    }

    @Property
    void everyWordIsFollowedUntilItIsTheOnlyOne(
            @ForAll @Size(min = 2, max = 6) List<@Size(min = 1, max = 4) List<@IntRange(max = 2) Integer>> tokens) {
        List<Scoring.Word> words =
                tokens.stream().map(each -> new Scoring.Word("w", each)).toList();
        LabelTrie trie;
        try {
            trie = LabelTrie.of(words);
        } catch (BadArtefactException e) {
            assertThat(oneBeginsAnother(tokens)).isTrue();
            return;
        }
        assertThat(oneBeginsAnother(tokens)).isFalse();
        Set<List<Integer>> followed = new HashSet<>();
        for (int label = 0; label < tokens.size(); label++) {
            List<Integer> path = new ArrayList<>();
            for (LabelTrie.Step step : trie.steps().get(label)) {
                if (step.run() > 0) {
                    long[] run = trie.paths().get(step.run() - 1);
                    assertThat(Arrays.copyOf(run, step.row() + 1))
                            .containsExactly(
                                    path.stream().mapToLong(Integer::longValue).toArray());
                }
                path.add(step.token());
            }
            assertThat(tokens.get(label).subList(0, path.size())).isEqualTo(path);
            assertThat(followed.add(path)).isTrue();
        }
    }

    private static boolean oneBeginsAnother(List<List<Integer>> tokens) {
        for (int i = 0; i < tokens.size(); i++) {
            for (int j = 0; j < tokens.size(); j++) {
                List<Integer> a = tokens.get(i);
                List<Integer> b = tokens.get(j);
                if (i != j && b.size() >= a.size() && b.subList(0, a.size()).equals(a)) {
                    return true;
                }
            }
        }
        return false;
    }
}
