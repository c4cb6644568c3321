package dev.picket.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.config.SourceConfig.Kind;
import dev.picket.agent.config.SourceConfig.Leave;
import dev.picket.agent.config.SourceConfig.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceConfigTest {
    private static final Path LOG = Path.of("app.log");

    @Test
    void privacyThatDoesNotExistYetIsRefused() {
        assertThatThrownBy(() -> source("line1", Kind.FILE, LOG, Leave.HASH, Store.FULL))
                .hasMessage("'leave: hash' does not exist yet; use none or full");
        assertThatThrownBy(() -> source("line1", Kind.FILE, LOG, Leave.NONE, Store.REDACT))
                .hasMessage("'store: redact' does not exist yet; use full");
        assertThat(source("line1", Kind.FILE, LOG, Leave.FULL, Store.FULL).leave())
                .isEqualTo(Leave.FULL);
    }

    @Test
    void aFileNeedsAPathAndAStreamTakesNone() {
        assertThatThrownBy(() -> source("line1", Kind.FILE, null, Leave.NONE, Store.FULL))
                .hasMessageContaining("set 'path'");
        assertThatThrownBy(() -> source("line1", Kind.STDIN, LOG, Leave.NONE, Store.FULL))
                .hasMessageContaining("remove 'path'");
        assertThatThrownBy(() -> source("line1", Kind.HTTP, LOG, Leave.NONE, Store.FULL))
                .hasMessageContaining("is of kind http and names a file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a+", "#", "$x", "all", "rollout", "console", "a\tb"})
    void aNameThatCannotStandInATopicIsRefused(String name) {
        assertThatThrownBy(() -> source(name, Kind.FILE, LOG, Leave.NONE, Store.FULL))
                .hasMessageContaining("the source's name");
    }

    private static SourceConfig source(String name, Kind kind, @Nullable Path path, Leave leave, Store store) {
        return new SourceConfig(
                name,
                kind,
                path,
                List.of(TaskConfig.always("fraud")),
                leave,
                store,
                8192,
                Duration.ofMillis(250),
                SourceConfig.Urgency.NORMAL,
                SourceConfig.WhenBehind.WAIT,
                Duration.ofMinutes(1),
                ConfigLoader.defaults(InboxConfig.class));
    }
}
