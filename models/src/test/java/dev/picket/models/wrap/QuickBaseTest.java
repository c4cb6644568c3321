package dev.picket.models.wrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The wrapped base that the agent's tests have as a first stage. They cannot make it, since wrapping is the workshop's
 * work; so it lies in the tree, and stays what wrapping makes.
 */
class QuickBaseTest {
    private static final Path IN_TREE = Path.of("src", "test", "resources", "quick-base");
    /** Where it can be copied from when wrapping has changed. */
    private static final Path MADE = Path.of("target", "quick-base");

    @TempDir
    Path folder;

    @Test
    void whatLiesInTheTreeIsWhatWrapMakesOfTheExport() throws Exception {
        QuickBase made = new QuickBase(MADE);
        made.write();
        Map<String, byte[]> here = new QuickBase(IN_TREE).files();
        assertThat(here.keySet()).isEqualTo(made.files().keySet()).contains("base.json", "model.onnx");
        made.files()
                .forEach((name, bytes) -> assertThat(here.get(name))
                        .as("%s, as in %s", name, MADE)
                        .isEqualTo(bytes));
    }

    @Test
    void itGivesAClassToATextByItsWords() throws Exception {
        new QuickBase(folder).write();
        BaseFolder base = BaseFolder.read(folder);
        try (Classifier classifier = Classifier.open(
                base,
                List.of(ForeignFolder.task(base, new Scoring.Classifier(), QuickBase.LABELS, new float[0])),
                EngineOptions.forCores(1))) {
            assertThat(classifier.scores("small", "Lunch at noon?")).containsExactly(6, 0, 0);
            assertThat(classifier.scores("small", "your parcel: pay the fee")).containsExactly(0, 0, 6);
            assertThat(classifier.scores("small", "nothing that it knows")).containsExactly(0, 0, 0);
        }
    }
}
