package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.ota.Hashes;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What must hold whenever the process died: the active Set that is saved lies there whole, each file with its hash. */
final class InstalledOnDisk {
    private InstalledOnDisk() {}

    static void check(Gateway gateway) throws IOException {
        UpdateState state = gateway.saved();
        for (InstalledSet set : state.active() == null ? List.<InstalledSet>of() : List.of(state.active())) {
            Path folder = gateway.folder.resolve("sets").resolve(set.folderName());
            check(set.base(), folder.resolve("base"));
            for (Release task : set.tasks()) {
                check(task, folder.resolve("tasks").resolve(task.name()));
            }
        }
        for (String each : gateway.names("blobs")) {
            if (Hashes.isSha256(each)) {
                assertThat(Hashes.sha256(gateway.folder.resolve("blobs").resolve(each)))
                        .isEqualTo(each);
            }
        }
    }

    private static void check(Release release, Path folder) throws IOException {
        for (ReleaseFile file : release.files()) {
            assertThat(Hashes.sha256(folder.resolve(file.name()))).isEqualTo(file.sha256());
        }
    }
}
