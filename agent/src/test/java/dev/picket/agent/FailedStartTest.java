package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.journal.Journal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailedStartTest {
    @TempDir
    Path folder;

    @Test
    void aStartThatFailsLeavesTheJournalAsAfterACleanStop() throws Exception {
        Path missing = folder.resolve("no-password");
        assertThatThrownBy(() -> RunningAgent.start(
                        folder, "uplink: { broker: \"mqtt://127.0.0.1:1\", password-file: \"" + missing + "\" }"))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining(missing.toString());
        Path file;
        try (var files = Files.walk(folder)) {
            file = files.filter(each -> each.endsWith("journal.db")).findFirst().orElseThrow();
        }
        try (Journal journal = Journal.open(file, ConfigLoader.defaults(JournalConfig.class), Clock.systemUTC())) {
            assertThat(journal.stoppedCleanly()).isTrue();
        }
    }
}
