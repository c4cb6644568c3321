package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LaneTest {
    private final Lane lane = new Lane(Priority.ALARM, 3, Long.MAX_VALUE, false);

    /** Rows go out with holes, answers come in any order, some are refusals: the mark never passes what is not acknowledged. */
    @Property(tries = 500)
    void theMarkIsTheLastRowBelowWhichAllThatWasHandedOverIsAcknowledged(
            @ForAll long seed, @ForAll @Size(min = 1, max = 150) List<@IntRange(min = 0, max = 9) Integer> actions) {
        Random random = new Random(seed);
        Lane tried = new Lane(Priority.ALARM, 0, Long.MAX_VALUE, false);
        TreeMap<Long, Boolean> model = new TreeMap<>();
        List<Lane.Row> unanswered = new ArrayList<>();
        long marked = 0;
        for (int action : actions) {
            if (action < 5) {
                long seq = tried.resume() + 1 + random.nextInt(3);
                unanswered.add(tried.handOver(seq));
                model.put(seq, false);
            } else if (!unanswered.isEmpty()) {
                Lane.Row row = unanswered.remove(random.nextInt(unanswered.size()));
                if (action < 9) {
                    if (!row.isCut()) {
                        tried.acknowledge(row);
                        model.put(row.seq(), true);
                    }
                } else if (!row.isCut()) {
                    long acknowledged = model.tailMap(row.seq()).values().stream()
                            .filter(each -> each)
                            .count();
                    assertThat(tried.cut(row)).isEqualTo((int) acknowledged);
                    model.tailMap(row.seq()).clear();
                    assertThat(tried.isCut()).isTrue();
                    assertThat(tried.resume()).isLessThan(row.seq());
                }
            }
            while (!model.isEmpty() && model.firstEntry().getValue()) {
                marked = model.pollFirstEntry().getKey();
            }
            assertThat(tried.through()).isEqualTo(marked);
            assertThat(tried.isSettled()).isEqualTo(model.isEmpty());
        }
    }

    @Test
    void gapsHoldNothingUp() {
        Lane.Row four = lane.handOver(4);
        Lane.Row nine = lane.handOver(9);
        assertThat(lane.acknowledge(nine)).isZero();
        assertThat(lane.through()).isEqualTo(3);
        assertThat(lane.acknowledge(four)).isEqualTo(2);
        assertThat(lane.through()).isEqualTo(9);
    }

    @Test
    void whatIsRefusedGoesOutAgainWithAllBehindIt() {
        lane.handOver(4);
        Lane.Row five = lane.handOver(5);
        Lane.Row six = lane.handOver(6);
        assertThat(lane.acknowledge(six)).isZero();
        assertThat(lane.cut(five)).as("six was acknowledged in vain").isEqualTo(1);
        assertThat(six.isCut()).isTrue();
        assertThat(lane.isCut()).isTrue();
        assertThat(lane.resume()).isEqualTo(4);
        assertThat(lane.isCut()).isFalse();
    }

    @Test
    void earlyStretchesAreSkippedAndForgottenOnceTheMarkHasPassed() {
        EarlyRows early = new EarlyRows();
        early.add(10, 12);
        early.add(20, 20);
        early.add(20, 25);
        assertThat(early.skip(8)).isEqualTo(8);
        assertThat(early.skip(9)).isEqualTo(12);
        assertThat(early.skip(11)).isEqualTo(12);
        assertThat(early.has(12)).isTrue();
        assertThat(early.has(13)).isFalse();
        early.forgetThrough(24);
        assertThat(early.size()).isEqualTo(1);
        early.forgetThrough(25);
        assertThat(early.size()).isZero();
    }
}
