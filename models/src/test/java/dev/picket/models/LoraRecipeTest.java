package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.models.task.LabelledText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a program in Python's place that writes down what it was asked. */
class LoraRecipeTest {
    private static final Path RECIPES = Released.ROOT.resolve("models/recipes");

    @TempDir
    private Path folder;

    @Test
    void aFolderWithoutTheRecipeAPythonThatIsNotThereAndOneWithoutTorchAreASentenceEach() throws Exception {
        refused(new LoraRecipe(folder, "python3"), "lora.py is not there");
        refused(new LoraRecipe(RECIPES, folder.resolve("python").toString()), "needs Python", "does not start");
        refused(new LoraRecipe(RECIPES, python("exit 1")), "needs PyTorch", "install python3-torch");
    }

    @Test
    void theTrainerGetsTheTasksPromptAndRowsAndWhatItEndsWithIsTold() throws Exception {
        TaskManifest task = TaskFolder.read(Released.FRAUD).manifest();
        List<LabelledText> rows = List.of(new LabelledText("say \"hi\"", 2));
        LoraRecipe good = new LoraRecipe(
                RECIPES, python("for each in \"$@\"; do echo \"$each\"; done > " + folder.resolve("asked")));
        good.requireReady();
        Path work = Files.createDirectory(folder.resolve("work"));
        assertThat(good.train(task, Released.BASE, folder, rows, rows, work, 3)).isEqualTo(work.resolve("peft"));
        assertThat(Files.readAllLines(folder.resolve("asked")))
                .contains(
                        "--base=" + Released.BASE,
                        "--checkpoint=" + folder,
                        "--prefix=<s>",
                        "--suffix=</s>",
                        "--max-text-tokens=192",
                        "--labels=3",
                        "--epochs=3");
        assertThat(work.resolve("train.jsonl")).hasContent("{\"text\":\"say \\\"hi\\\"\",\"label\":2}");
        LoraRecipe bad = new LoraRecipe(RECIPES, python("exit 3"));
        assertThatThrownBy(() -> bad.train(task, Released.BASE, folder, rows, rows, work, 3))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage("The trainer ended with 3; what it said stands above.");
    }

    private static void refused(LoraRecipe recipe, String... parts) {
        assertThatThrownBy(recipe::requireReady)
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContainingAll(parts);
    }

    private String python(String does) throws Exception {
        Path program = folder.resolve("python-" + does.hashCode());
        Files.writeString(program, "#!/bin/sh\n" + does + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program.toString();
    }
}
