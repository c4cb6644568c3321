package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.Base;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.HiddenReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on the released base's own files, as if somebody else had made them. */
class WrapCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void copyAllButTheManifest() throws Exception {
        for (String name : List.of("model.onnx", "model.onnx.data", "tokenizer.json", "config.json")) {
            Files.copy(Released.BASE.resolve(name), folder.resolve(name));
        }
    }

    private int wrap(String... more) {
        String[] arguments = new String[more.length + 4];
        System.arraycopy(new String[] {"wrap", folder.toString(), "--name", "again"}, 0, arguments, 0, 4);
        System.arraycopy(more, 0, arguments, 4, more.length);
        return Workshop.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void theWrappedFolderAnswersAsTheReleasedOne() throws Exception {
        assertThat(wrap("--licence", "Apache-2.0")).as(err.toString()).isZero();
        BaseFolder wrapped = BaseFolder.read(folder);
        wrapped.verify();
        assertThat(out.toString()).isEqualTo(folder.resolve("base.json") + " " + wrapped.digest() + "\n");
        assertThat(wrapped.manifest().graph().contract()).isEqualTo(BaseManifest.WIRED);
        assertThat(wrapped.manifest().file("model.onnx.data")).isPresent();
        TaskManifest.Prompt prompt = TaskFolder.read(Released.FRAUD).manifest().prompt();
        try (Base ours = Base.open(BaseFolder.read(Released.BASE), EngineOptions.forCores(1));
                Base theirs = Base.open(wrapped, EngineOptions.forCores(1));
                HiddenReader expected = HiddenReader.open(ours, prompt, null);
                HiddenReader read = HiddenReader.open(theirs, prompt, null)) {
            for (String text : List.of("Your parcel is waiting, pay the fee now", "", "see you at noon")) {
                assertThat(read.read(text)).isEqualTo(expected.read(text));
            }
        }
    }

    @Test
    void aFolderThatCannotBeServedIsRefusedInOneSentence() throws Exception {
        Files.writeString(folder.resolve("base.json"), "{}");
        Files.write(folder.resolve("model.onnx.data"), new byte[1000]);
        assertThat(wrap()).isEqualTo(65);
        assertThat(err.toString().lines().filter(line -> line.startsWith("picket workshop wrap: ")))
                .hasSize(1);
        assertThat(err.toString()).contains("is refused by ONNX Runtime");
    }
}
