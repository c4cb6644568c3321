package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CurrentConnectionTest {
    @Test
    void oneThatIsOverIsNotGivenAwayAgain() throws Exception {
        FakeLink link = new FakeLink();
        CurrentConnection current = new CurrentConnection();
        CurrentConnection.Up up = new CurrentConnection.Up(link.last, Instant.EPOCH, 1);
        current.set(up);
        assertThat(current.await(Duration.ZERO)).isEqualTo(up);
        link.last.abort();
        assertThat(current.await(Duration.ZERO)).isNull();
    }
}
