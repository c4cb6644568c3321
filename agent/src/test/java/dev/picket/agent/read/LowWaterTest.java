package dev.picket.agent.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LowWaterTest {
    @Test
    void thePositionPassesNothingThatIsOpen() throws Exception {
        LowWater lowWater = new LowWater(10);
        LowWater.Ticket a = lowWater.take("1", "a", Instant.EPOCH);
        LowWater.Ticket b = lowWater.take("2", "b", Instant.EPOCH.plusSeconds(1));
        LowWater.Ticket c = lowWater.take("3", "c", Instant.EPOCH.plusSeconds(2));
        LowWater.Mark open = lowWater.settle(List.of(b));
        assertThat(open.position()).isNull();
        assertThat(open.ahead()).containsExactly(b);
        lowWater.pass();
        assertThat(lowWater.size()).isEqualTo(3);
        LowWater.Mark moved = lowWater.settle(List.of(a));
        assertThat(moved.position()).isEqualTo("b");
        assertThat(moved.ahead()).isEmpty();
        assertThat(moved.caughtUp()).containsExactly("2");
        lowWater.pass();
        assertThat(lowWater.oldest()).contains(Instant.EPOCH.plusSeconds(2));
        assertThat(lowWater.settle(List.of(c)).position()).isEqualTo("c");
    }

    /** Whatever the order in which readings finish, the position is the end of the longest finished beginning. */
    @Property(tries = 300)
    void thePositionIsTheEndOfTheFinishedBeginning(@ForAll @Size(max = 40) List<@IntRange(max = 39) Integer> order)
            throws Exception {
        LowWater lowWater = new LowWater(40);
        List<LowWater.Ticket> tickets = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            tickets.add(lowWater.take("r" + i, "" + i, Instant.EPOCH));
        }
        boolean[] finished = new boolean[41];
        int mark = 0;
        for (int i : order) {
            finished[i] = true;
            int before = mark;
            while (finished[mark]) {
                mark++;
            }
            assertThat(lowWater.settle(List.of(tickets.get(i))).position())
                    .isEqualTo(mark > before ? "" + (mark - 1) : null);
            lowWater.pass();
            assertThat(lowWater.size()).isEqualTo(40 - mark);
        }
    }
}
