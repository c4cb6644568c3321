package dev.picket.agent.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** What came, what came twice and what is missing, against a plain model that remembers everything. */
class LedgerTest {
    private static final int FEW_BITS = 16;

    /** One thing that happens on a line: a number comes, or a range is told as dropped. */
    record Happened(long seq, @Nullable Long to, @Nullable Long keeping) {}

    @Example
    void numbersInTheirOrderHaveNoGapWhereverTheyBegin() {
        Ledger ledger = new Ledger();
        for (long seq = 41; seq <= 45; seq++) {
            assertThat(ledger.event("plant/a", "e1", "routine", seq)).isTrue();
        }
        assertThat(ledger.gaps()).isZero();
        assertThat(ledger.event("plant/a", "e1", "routine", 43)).isFalse();
        assertThat(ledger.duplicates()).isEqualTo(1);
        assertThat(ledger.received()).isEqualTo(6);
    }

    @Example
    void aGapIsMissingUntilItComesOrIsToldAsDropped() {
        Ledger ledger = new Ledger();
        ledger.event("plant/a", "e1", "routine", 1);
        ledger.event("plant/a", "e1", "routine", 5);
        assertThat(ledger.gapsByLine()).containsEntry("plant/a e1-routine", 3L);
        assertThat(ledger.event("plant/a", "e1", "routine", 2)).isTrue();
        assertThat(ledger.gaps()).isEqualTo(2);
        ledger.dropped("plant/a", "e1", "routine", 3, 4, null);
        assertThat(ledger.gaps()).isZero();
        assertThat(ledger.gapsByLine()).isEmpty();
    }

    @Example
    void ofAThinnedRangeTheMultiplesAreStillExpected() {
        Ledger ledger = new Ledger();
        ledger.event("plant/a", "e1", "routine", 1);
        ledger.dropped("plant/a", "e1", "routine", 2, 9, 4L);
        ledger.event("plant/a", "e1", "routine", 4);
        ledger.event("plant/a", "e1", "routine", 10);
        assertThat(ledger.gapsByLine()).containsEntry("plant/a e1-routine", 1L);
        ledger.event("plant/a", "e1", "routine", 8);
        assertThat(ledger.gaps()).isZero();
    }

    @Example
    void gatewaysEpochsAndPrioritiesAreToldApart() {
        Ledger ledger = new Ledger();
        ledger.event("plant/a", "e1", "routine", 7);
        ledger.event("plant/a", "e1", "alarm", 2);
        ledger.event("plant/b", "e9", "routine", 3);
        assertThat(ledger.gaps()).isZero();
        assertThat(ledger.duplicates()).isZero();
    }

    @Example
    void anEpochThatBeginsWhileWeListenIsExpectedFromItsFirst() {
        Ledger ledger = new Ledger();
        ledger.event("plant/a", "e1", "routine", 7);
        ledger.event("plant/a", "e2", "routine", 3);
        assertThat(ledger.gapsByLine()).containsExactly(Map.entry("plant/a e2-routine", 2L));
    }

    @Example
    void aNumberFarAboveAllOthersCostsNoMemoryAndCountsWhatLiesBetween() {
        Ledger ledger = new Ledger();
        ledger.event("plant/a", "e1", "routine", 1);
        ledger.event("plant/a", "e1", "routine", 1_000_000_000_000L);
        assertThat(ledger.gaps()).isEqualTo(999_999_999_998L);
        ledger.event("plant/a", "e1", "alarm", 1);
        ledger.dropped("plant/a", "e1", "alarm", 2, 999_999_999_999L, null);
        ledger.event("plant/a", "e1", "alarm", 1_000_000_000_000L);
        assertThat(ledger.gapsByLine()).containsOnlyKeys("plant/a e1-routine");
    }

    @Example
    void theGapsOfALineThatIsForgottenStayCounted() {
        Ledger ledger = new Ledger(1);
        ledger.event("plant/a", "e1", "routine", 1);
        ledger.event("plant/a", "e1", "routine", 3);
        ledger.event("plant/b", "e1", "routine", 1);
        assertThat(ledger.gaps()).isEqualTo(1);
    }

    /** Within the bits that a line keeps, it says what a model says that remembers everything. */
    @Property(tries = 500)
    void withinItsWindowALineIsExact(@ForAll("events") List<Happened> events) {
        SeqLine line = new SeqLine(1, 1 << 10, 1_000);
        Set<Long> seen = new HashSet<>();
        List<Happened> drops = new ArrayList<>();
        for (Happened each : events) {
            if (each.to() == null) {
                boolean told = drops.stream().anyMatch(drop -> covers(drop, each.seq()));
                boolean fresh = line.add(each.seq());
                if (!told) {
                    assertThat(fresh).isEqualTo(!seen.contains(each.seq()));
                }
                seen.add(each.seq());
            } else {
                line.dropped(each.seq(), each.to(), each.keeping());
                drops.add(each);
            }
            long highest = seen.stream().mapToLong(Long::longValue).max().orElse(0);
            long missing = 0;
            for (long seq = 1; seq <= highest; seq++) {
                long at = seq;
                missing += seen.contains(at) || drops.stream().anyMatch(drop -> covers(drop, at)) ? 0 : 1;
            }
            assertThat(line.gaps()).isEqualTo(missing);
        }
    }

    /** In however few bits, what comes once, nearly in order, is neither missing nor told twice. */
    @Property(tries = 200)
    void aLineWithFewBitsNeverTakesFreshForTold(@ForAll("shuffled") List<Long> seqs) {
        SeqLine line = new SeqLine(1, FEW_BITS, 4);
        for (long seq : seqs) {
            assertThat(line.add(seq)).isTrue();
        }
        assertThat(line.gaps()).isZero();
    }

    @Provide
    Arbitrary<List<Happened>> events() {
        Arbitrary<Happened> comes = Arbitraries.longs().between(1, 60).map(seq -> new Happened(seq, null, null));
        Arbitrary<Happened> drops = Combinators.combine(
                        Arbitraries.longs().between(1, 60),
                        Arbitraries.longs().between(0, 20),
                        Arbitraries.longs().between(2, 4).injectNull(0.5))
                .as((from, length, keeping) -> new Happened(from, from + length, keeping));
        return Arbitraries.frequencyOf(Tuple.of(5, comes), Tuple.of(1, drops))
                .list()
                .ofMaxSize(60);
    }

    /** Each number to 200 once, those of each eight in any order. */
    @Provide
    Arbitrary<List<Long>> shuffled() {
        return Arbitraries.shuffle(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L)
                .list()
                .ofSize(25)
                .map(eights -> {
                    List<Long> seqs = new ArrayList<>();
                    for (List<Long> eight : eights) {
                        long before = seqs.size();
                        eight.forEach(each -> seqs.add(before + each));
                    }
                    return seqs;
                });
    }

    private static boolean covers(Happened drop, long seq) {
        return drop.to() != null
                && seq >= drop.seq()
                && seq <= drop.to()
                && (drop.keeping() == null || seq % drop.keeping() != 0);
    }
}
