package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Signals;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.drift.Centroids;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an answer carries for the drift watch. */
class SignalsTest {
    private static final String TEXT = "the pump is leaking";

    @TempDir
    private Path folder;

    private TinyBase base;

    @BeforeEach
    void write() throws Exception {
        base = TinyBase.write(folder);
    }

    private static TaskFolder with(TaskFolder task, Centroids centroids) {
        Map<String, byte[]> files = new HashMap<>(task.files());
        files.put(TaskManifest.CENTROIDS, centroids.toBytes());
        return new TaskFolder(task.manifest(), task.digest(), files);
    }

    private Signals signals(TaskFolder task, String text) throws Exception {
        try (Classifier classifier = Classifier.open(base.read(), List.of(task), TinyBase.OPTIONS)) {
            return classifier.classify(task.manifest().name(), text).signals();
        }
    }

    @Test
    void tokensAndCharactersAreThoseOfTheTextAlone() throws Exception {
        Signals signals = signals(base.task("fraud").build(), TEXT);
        try (PromptEncoder encoder = PromptEncoder.of(TinyTokenizer.json())) {
            assertThat(signals.tokens()).isEqualTo(encoder.text(TEXT, 64).ids().length);
        }
        assertThat(signals.characters()).isEqualTo(TEXT.length());
        assertThat(signals.labelMass()).isNull();
        assertThat(signals.distance()).isNull();
    }

    @Test
    void aTextThatLostItsMiddleSaysNothingOfTokensPerCharacter() throws Exception {
        assertThat(signals(base.task("fraud").build(), TEXT.repeat(100)).tokensPerCharacter())
                .isNull();
    }

    @Test
    void theDistanceIsThatOfTheHiddenStateToTheNearestCentroid() throws Exception {
        TaskFolder task = base.task("fraud").build();
        float[] hidden;
        try (Base opened = Base.open(base.read(), TinyBase.OPTIONS);
                HiddenReader reader = HiddenReader.open(
                        opened,
                        task.manifest().prompt(),
                        task.file(TaskManifest.ADAPTER).orElse(null))) {
            hidden = reader.read(TEXT);
        }
        Centroids near = Centroids.mean(List.of(hidden), List.of(1), 3);
        assertThat(Objects.requireNonNull(signals(with(task, near), TEXT).distance()))
                .isCloseTo(0, within(1e-6));
        assertThat(Objects.requireNonNull(signals(with(task, near), "zzzz 99").distance()))
                .isGreaterThan(1e-3);
    }

    @Test
    void centroidsOfAnotherSizeAreRefusedAtLoad() {
        Centroids other = Centroids.mean(List.of(new float[] {1}), List.of(0), 3);
        assertThatThrownBy(() -> signals(with(base.task("fraud").build(), other), TEXT))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining("centroids.safetensors: 'centroids' has shape [3, 1]");
    }

    @Test
    void aVerbaliserTellsHowMuchOfAllProbabilityItsWordsHave() throws Exception {
        TaskFolder task = base.task("words")
                .scoring(new Scoring.Verbaliser(List.of(
                        new Scoring.Word("a", List.of((int) 'a')),
                        new Scoring.Word("b", List.of((int) 'b')),
                        new Scoring.Word("c", List.of((int) 'c')))))
                .build();
        assertThat(Objects.requireNonNull(signals(task, TEXT).labelMass())).isBetween(1e-9, 1 - 1e-9);
    }
}
