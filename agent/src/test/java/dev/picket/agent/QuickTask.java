package dev.picket.agent;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.Priority;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.Sha256;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.exam.ExamRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A task of a first stage, on a base that {@code workshop wrap} made of an encoder with a classification head: it knows a
 * few words, and is sure of a text in which there are two of them.
 *
 * @param ham how much it prefers "ham" whatever it reads; at 9 it is always sure of that
 */
record QuickTask(double ham) {
    static final String NAME = "quick";
    static final Path BASE =
            Path.of(System.getProperty("picket.root"), "models", "src", "test", "resources", "quick-base");

    private static final List<String> LABELS = List.of("ham", "spam", "smishing");
    private static final int ROWS_A_LABEL = 12;
    private static final Map<String, String> SAYS =
            Map.of("ham", "lunch at noon", "spam", "a discount in our sale", "smishing", "claim the prize now");

    /** Writes its folder, with an exam that it passes, whether it is any good or not: the desk's answers are its own. */
    void write(Path folder) throws IOException, BadArtefactException {
        Files.createDirectories(folder);
        BaseFolder base = BaseFolder.read(BASE);
        byte[] exam = ExamRow.write(rows(base));
        TaskManifest manifest = manifest(base, List.of(ListedFile.of(TaskManifest.EXAM, exam)));
        Files.write(folder.resolve(TaskManifest.EXAM), exam);
        Files.write(folder.resolve(TaskManifest.FILE), manifest.toBytes());
    }

    private List<ExamRow> rows(BaseFolder base) throws IOException, BadArtefactException {
        TaskManifest draft = manifest(base, List.of());
        List<ExamRow> rows = new ArrayList<>();
        try (Classifier desk = Classifier.open(
                base,
                List.of(new TaskFolder(draft, Sha256.of(draft.toBytes()), Map.of())),
                EngineOptions.forCores(1))) {
            for (String label : LABELS) {
                for (int i = 0; i < ROWS_A_LABEL; i++) {
                    String text = SAYS.get(label) + " " + i;
                    Classification answer = desk.classify(NAME, text);
                    List<Double> probabilities = answer.probabilities().stream()
                            .map(Float::doubleValue)
                            .toList();
                    rows.add(new ExamRow(text, label, answer.label(), probabilities));
                }
            }
        } catch (ClassificationException e) {
            throw new IllegalStateException(e);
        }
        return rows;
    }

    private TaskManifest manifest(BaseFolder base, List<ListedFile> files) {
        TaskManifest draft = manifest(base, files, "0".repeat(64));
        return manifest(base, files, draft.scoringDigest());
    }

    private TaskManifest manifest(BaseFolder base, List<ListedFile> files, String scoring) {
        return new TaskManifest(
                NAME,
                "1",
                base.digest(),
                LABELS.stream()
                        .map(name -> new TaskManifest.Label(name, Priority.ROUTINE, false))
                        .toList(),
                new Scoring.Classifier(),
                new TaskManifest.Prompt("Text: ", "", 128),
                new TaskManifest.Calibration(1, List.of(ham, 0.0, 0.0), scoring, 100, "CPUExecutionProvider", "x86-64"),
                new TaskManifest.DecisionRule(null, Map.of()),
                null,
                new TaskManifest.ExamGates(0.98, 0.02, 0, 1_000),
                0.2,
                files);
    }
}
