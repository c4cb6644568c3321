package dev.picket.agent.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.ReleaseShop;
import dev.picket.inference.codec.BaseFolder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ParallelBenchTest {
    @Test
    @Tag("long")
    void theScheduleThatIsChosenIsMeasuredAgainstOneRunWithAllThreads() throws Exception {
        Result result = new ParallelBench(BaseFolder.read(ReleaseShop.RELEASED.resolve("base"))).run();
        assertThat(result.name()).isEqualTo("parallel-speedup");
        assertThat(result.measured()).isPositive();
        assertThat(result.floor()).isPositive();
    }
}
