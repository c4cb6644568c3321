package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataOwnerTest {
    @TempDir
    Path folder;

    @Test
    void rootLeavesAnotherUsersDirectoryAlone() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root meets this");
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.setAttribute(data, "unix:uid", 4_711);
        assertThatThrownBy(() -> DataLock.take(data))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("root leaves it alone")
                .hasMessageContaining("runuser -u");
        assertThat(DataLock.isFree(data)).isFalse();
        assertThat(data).isEmptyDirectory();
        Files.setAttribute(data, "unix:uid", 0);
        DataLock.take(data).close();
    }

    @Test
    void aLinkInPlaceOfTheLockLeadsNowhere() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.createSymbolicLink(data.resolve("lock"), folder.resolve("elsewhere"));
        assertThatThrownBy(() -> DataLock.take(data)).isInstanceOf(StartFailedException.class);
        assertThat(folder.resolve("elsewhere")).doesNotExist();
    }
}
