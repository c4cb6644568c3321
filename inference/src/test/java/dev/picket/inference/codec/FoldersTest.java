package dev.picket.inference.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {
    @TempDir
    Path folder;

    @BeforeEach
    void writeABase() throws Exception {
        Files.write(folder.resolve("model.onnx"), "graph".getBytes(UTF_8));
        Files.write(folder.resolve("tokenizer.json"), "{}".getBytes(UTF_8));
        BaseManifest sample = Samples.base();
        BaseManifest base = new BaseManifest(
                sample.name(),
                sample.version(),
                sample.architecture(),
                sample.quantisation(),
                sample.contextLength(),
                sample.graph(),
                List.of(
                        ListedFile.of(folder.resolve("model.onnx")),
                        ListedFile.of("tokenizer.json", "{}".getBytes(UTF_8))),
                sample.licence(),
                sample.madeBy());
        Files.write(folder.resolve("base.json"), base.toBytes());
    }

    @Test
    void aBaseWhoseFilesAreAsListedIsVerified() throws Exception {
        BaseFolder base = BaseFolder.read(folder);
        base.verify();
        assertThat(base.digest()).isEqualTo(Sha256.of(folder.resolve("base.json")));
        assertThat(base.manifest().files().get(0).read(folder, 100)).isEqualTo("graph".getBytes(UTF_8));
    }

    @Test
    void aChangedByteAMissingFileOrALongerOneIsRefused() throws Exception {
        Files.write(folder.resolve("model.onnx"), "grapH".getBytes(UTF_8));
        refused("has the SHA-256 ");
        Files.write(folder.resolve("model.onnx"), "graph!".getBytes(UTF_8));
        refused("has more bytes than the 5 that its manifest lists.");
        Files.delete(folder.resolve("model.onnx"));
        refused("is missing, but the manifest beside it lists it.");
    }

    private void refused(String why) throws Exception {
        BaseFolder base = BaseFolder.read(folder);
        assertThatThrownBy(base::verify)
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining(why);
        assertThatThrownBy(() -> base.manifest().files().get(0).read(folder, 100))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aFolderWithoutAManifestIsRefusedInASentence() throws Exception {
        assertThatThrownBy(() -> TaskFolder.read(folder))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageEndingWith("task.json does not exist; give the folder that holds task.json.");
    }

    @Test
    void whatWouldFillTheHeapIsRefusedBeforeItIsRead() throws Exception {
        HeapRoom room = new HeapRoom(96L << 20);
        room.require("tokenizer.json", 8L << 20, 6);
        assertThatThrownBy(() -> room.require("tokenizer.json", (8L << 20) + 1, 6))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage(
                        "tokenizer.json has 8388609 bytes and takes up to 6 times as much heap while it is read, which is"
                                + " more than half of the 96 MiB here: start the agent with more (-Xmx).");
        TaskManifest task = Samples.task();
        Files.write(folder.resolve("task.json"), task.toBytes());
        assertThatThrownBy(() -> TaskFolder.read(folder, new HeapRoom(16)))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageStartingWith("Task '" + task.name() + "' has ")
                .hasMessageContaining("heap");
    }
}
