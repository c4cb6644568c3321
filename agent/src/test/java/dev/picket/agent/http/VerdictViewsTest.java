package dev.picket.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.HttpConfig;
import dev.picket.agent.journal.Verdicts;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictViewsTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.2", "::1", "localhost"})
    void aPageOnThisMachineShowsTheText(String host) {
        assertThat(view(host).text()).isEqualTo("text of 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.168.1.4", "press-4.plant.example"})
    void aPageThatOthersCanReachShowsTheVerdictWithoutIt(String host) {
        VerdictView view = view(host);
        assertThat(view.text()).isNull();
        assertThat(view.label()).isEqualTo("spam");
    }

    private static VerdictView view(String host) {
        return new VerdictViews(new HttpConfig(host, 0, List.of(), 1, 1)).of(Verdicts.routine("1"));
    }
}
