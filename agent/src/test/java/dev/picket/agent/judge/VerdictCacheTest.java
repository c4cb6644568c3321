package dev.picket.agent.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.CacheConfig;
import dev.picket.inference.Classification;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VerdictCacheTest {
    private static final String ASKED = "c".repeat(64);
    private static final long MUCH = 1 << 20;

    private VerdictCache cache = new VerdictCache(new CacheConfig(3, MUCH));

    @Test
    void theLeastUsedAnswerLeavesFirst() {
        put("a", "b", "c");
        assertThat(has("a")).isTrue();
        put("d");
        assertThat(List.of(has("a"), has("b"), has("c"), has("d"))).containsExactly(true, false, true, true);
        assertThat(cache.counts().entries()).isEqualTo(3);
    }

    @Test
    void manyLabelsAreHeldToTheBytes() {
        cache = new VerdictCache(new CacheConfig(1_000, 100_000));
        for (int i = 0; i < 200; i++) {
            cache.put(cache.key(ASKED, "text " + i), answer(100));
            assertThat(cache.counts().bytes()).isBetween(1L, 100_000L);
        }
        assertThat(cache.counts().entries()).isBetween(10, 199);
        cache.retain(Set.of());
        assertThat(cache.counts().bytes()).isZero();
    }

    @Test
    void oneThatIsTooLargeForAllOfItIsNotKept() {
        cache = new VerdictCache(new CacheConfig(10, 400));
        cache.put(cache.key(ASKED, "a"), answer(250));
        assertThat(cache.counts()).isEqualTo(new VerdictCache.Counts(0, 0, 0, 0));
    }

    @Test
    void theSameTextAskedSomethingElseIsAnotherQuestion() {
        put("a");
        assertThat(cache.get(cache.key("d".repeat(64), "a"))).isEmpty();
        assertThat(cache.get(cache.key(ASKED, "a "))).isEmpty();
        assertThat(has("a")).isTrue();
        assertThat(cache.counts().hits()).isEqualTo(1);
        assertThat(cache.counts().misses()).isEqualTo(2);
    }

    @Test
    void textsThatAreOneInUtf8AreTwoHere() {
        put("x\uD800y");
        assertThat(has("x\uDBFFy")).isFalse();
        assertThat(has("x?y")).isFalse();
        assertThat(has("x\uD800y")).isTrue();
    }

    @Test
    void anotherProcessKnowsTheSameTextByAnotherHash() {
        VerdictCache other = new VerdictCache(new CacheConfig(3, MUCH));
        assertThat(other.key(ASKED, "a")).isNotEqualTo(cache.key(ASKED, "a"));
        assertThat(cache.key(ASKED, "a")).isEqualTo(cache.key(ASKED, "a"));
    }

    @Test
    void aSwitchMakesRoomAndKeepsWhatStillServes() {
        put("a");
        cache.put(cache.key("old", "a"), answer(2));
        cache.retain(Set.of(ASKED));
        assertThat(cache.counts().entries()).isEqualTo(1);
        assertThat(has("a")).isTrue();
    }

    @Test
    void noneIsKeptWhereItIsOff() {
        assertThat(new VerdictCache(CacheConfig.OFF).isOn()).isFalse();
        assertThat(new VerdictCache(new CacheConfig(10, 0)).isOn()).isFalse();
        assertThat(new VerdictCache(new CacheConfig(0, 10)).isOn()).isFalse();
    }

    private void put(String... texts) {
        for (String text : texts) {
            cache.put(cache.key(ASKED, text), answer(2));
        }
    }

    private boolean has(String text) {
        return cache.get(cache.key(ASKED, text)).isPresent();
    }

    private static Classification answer(int labels) {
        List<String> names =
                IntStream.range(0, labels).mapToObj(i -> "label" + i).toList();
        return new Classification(
                "fraud",
                "b".repeat(64),
                ASKED,
                names,
                Collections.nCopies(labels, 1f / labels),
                "label0",
                1f / labels,
                Priority.ROUTINE,
                new Decision.Accept(),
                false,
                5_000_000);
    }
}
