package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.config.GatewayConfig;
import dev.picket.agent.config.TopicName;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a+", "#", "$SYS", "a\u0000b", "a\u0085b", "all", "rollout", "console"})
    void aNameThatCouldMeanAnotherTopicIsRefused(String name) {
        assertThatThrownBy(() -> new GatewayConfig(name, "g")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new GatewayConfig("s", name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNameIsMeasuredInBytes() {
        TopicName.checked("source", "ü".repeat(32));
        assertThatThrownBy(() -> TopicName.checked("source", "ü".repeat(33)))
                .hasMessage("source is 66 bytes long; a name has 1 to 64 bytes");
    }

    @Property
    void anAcceptedNameStaysOneLevelOfATopicOfValidUtf8(@ForAll String name) {
        try {
            String topic = new Topics(new GatewayConfig("s", "g")).verdict(name);
            assertThat(topic.split("/", -1)).hasSize(6);
            byte[] bytes = topic.getBytes(StandardCharsets.UTF_8);
            assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(topic);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageContaining("source");
        }
    }

    @Test
    void aVerbIsReadFromBothKindsOfCommandTopics() {
        Topics topics = new Topics(new GatewayConfig("s", "g"));
        assertThat(topics.verb("picket/v1/s/g/command/ping")).isEqualTo("ping");
        assertThat(topics.verb("picket/v1/s/all/command/status")).isEqualTo("status");
        assertThat(topics.verb("picket/v1/s/other/command/ping")).isEmpty();
    }
}
