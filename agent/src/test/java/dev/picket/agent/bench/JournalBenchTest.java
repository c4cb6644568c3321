package dev.picket.agent.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalBenchTest {
    @TempDir
    Path folder;

    @Test
    void bothSidesAreMeasuredAndNothingIsLeftBehind() throws Exception {
        JournalConfig config = ConfigLoader.defaults(JournalConfig.class)
                .withMaxBytes(64 << 20)
                .withCommits(10, Duration.ZERO);
        Result result = new JournalBench(folder, config, 3, 2).run();
        assertThat(result.name()).isEqualTo("journal-append-ratio");
        assertThat(result.low()).isPositive().isLessThanOrEqualTo(result.value());
        assertThat(result.high()).isGreaterThanOrEqualTo(result.value());
        assertThat(result.measured()).isPositive();
        assertThat(result.floor()).isPositive();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void theValueIsTheMedianOfTheRoundsRatios() {
        Deque<Double> ours = new ArrayDeque<>(List.of(99.0, 1.0, 2.0, 9.0));
        Deque<Double> floors = new ArrayDeque<>(List.of(99.0, 1.0, 1.0, 3.0));
        assertThat(Rounds.<RuntimeException>run(3, ours::pop, floors::pop).ratio("x"))
                .isEqualTo(new Result("x", 2, 1, 3, "ratio", 2, 1));
    }
}
