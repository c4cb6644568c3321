package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastResortTest {
    private final AtomicInteger halts = new AtomicInteger();

    @ParameterizedTest
    @CsvSource({
        "picket-commit, false, 1",
        "picket-commit, true, 1",
        "MQTT Rec: picket-plant-press-4, false, 0",
        "MQTT Rec: picket-plant-press-4, true, 1"
    })
    void theProcessEndsUnlessOnlyAThreadOfTheMqttClientFellOverItself(String name, boolean error, int ends)
            throws Exception {
        Thread thread = new Thread(
                () -> {
                    if (error) {
                        throw new OutOfMemoryError("made");
                    }
                    throw new IllegalStateException("made");
                },
                name);
        thread.setUncaughtExceptionHandler(new LastResort(halts::incrementAndGet));
        thread.start();
        thread.join();
        assertThat(halts).hasValue(ends);
    }
}
