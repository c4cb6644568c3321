package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BenchNamesTest {
    private final Benches benches = new Benches(Path.of("nowhere"), new ModelOptions(), "fraud", null, null, false);

    @Test
    void onlyTakesThoseWhoseNamesBeginSo() throws Exception {
        assertThat(benches.named("start-").keySet())
                .containsExactly("start-ready-millis", "start-serving-millis", "start-aot-speedup");
        assertThat(benches.named("resident-megabytes").keySet()).containsExactly("resident-megabytes");
        assertThat(benches.named("").keySet()).contains("classify-overhead", "backlog-start-ratio");
    }

    @Test
    void aNameThatNoneHasIsAWrongWord() {
        assertThatThrownBy(() -> benches.named("strat-"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("no benchmark's name begins with 'strat-'; there are classify-overhead, ");
    }
}
