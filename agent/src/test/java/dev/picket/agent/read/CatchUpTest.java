package dev.picket.agent.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.SourceConfig.WhenBehind;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CatchUpTest {
    @Test
    void whoWaitsDropsNothing() {
        assertThat(reasons(WhenBehind.WAIT, 0, 60, 100_000)).containsExactly("", "", "");
    }

    @Test
    void ofSampledReadingsFewerAreJudgedTheFurtherTheSourceIsBehind() {
        assertThat(judged(59)).isEqualTo(100);
        assertThat(judged(60)).isEqualTo(50);
        assertThat(judged(120)).isEqualTo(33);
        assertThat(judged(599)).isEqualTo(10);
        assertThat(judged(100_000_000)).isZero();
    }

    @Test
    void sampledReadingsSayWhy() {
        assertThat(reasons(WhenBehind.SAMPLE, 60, 60, 60, 10)).containsExactly("sampled", "", "sampled", "");
    }

    @Test
    void whatIsSkippedIsSkippedUntilTheSourceIsNearlyUpToDate() {
        assertThat(reasons(WhenBehind.SKIP, 59, 60, 59, 7, 5, 59, 60))
                .containsExactly("", "skipped", "skipped", "skipped", "", "", "skipped");
    }

    private static long judged(int seconds) {
        CatchUp catchUp = new CatchUp(new Behind(WhenBehind.SAMPLE, Duration.ofMinutes(1)));
        return IntStream.range(0, 100)
                .filter(_ -> catchUp.reason(Duration.ofSeconds(seconds)).isEmpty())
                .count();
    }

    private static List<String> reasons(WhenBehind rule, int... seconds) {
        CatchUp catchUp = new CatchUp(new Behind(rule, Duration.ofMinutes(1)));
        return IntStream.of(seconds)
                .mapToObj(each -> catchUp.reason(Duration.ofSeconds(each)))
                .toList();
    }
}
