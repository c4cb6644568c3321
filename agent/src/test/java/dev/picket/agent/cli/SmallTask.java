package dev.picket.agent.cli;

import dev.picket.inference.Priority;
import dev.picket.inference.codec.CascadeRule;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.ScoringDigest;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A task of two labels that a publisher may release: whole, calibrated, with 10 rows a label that the desk got right. */
final class SmallTask {
    private static final int ROWS_PER_LABEL = 10;
    private static final List<String> LABELS = List.of("ham", "spam");
    private static final TaskManifest.Prompt PROMPT = new TaskManifest.Prompt("Text: ", "\nAnswer:", 64);

    private final String name;
    private final String base;
    private String texts = "";
    private UnaryOperator<String> rows = UnaryOperator.identity();
    private double claim = 0.9;
    private @Nullable CascadeRule cascade;

    SmallTask(String name, String base) {
        this.name = name;
        this.base = base;
    }

    /** What the exam's texts say. */
    SmallTask exam(String what) {
        texts = what;
        return this;
    }

    /** The exam's file as a careless desk would have it. */
    SmallTask rows(UnaryOperator<String> change) {
        rows = change;
        return this;
    }

    /** The macro-F1 that is claimed. */
    SmallTask claim(double macroF1) {
        claim = macroF1;
        return this;
    }

    /** A first stage's task may answer "ham" in its place. */
    SmallTask after(String firstStage) {
        cascade = new CascadeRule(firstStage, Map.of("ham", new TaskManifest.Threshold(0.9, 100, 0.05)));
        return this;
    }

    Path write(Path folder) throws IOException {
        List<ExamRow> all = new ArrayList<>();
        for (int i = 0; i < ROWS_PER_LABEL; i++) {
            all.add(new ExamRow(texts + i, "ham", "ham", List.of(0.9, 0.1)));
            all.add(new ExamRow(texts + "buy " + i, "spam", "spam", List.of(0.2, 0.8)));
        }
        byte[] exam = rows.apply(new String(ExamRow.write(all), StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8);
        Scoring scoring = new Scoring.Classifier();
        String digest = ScoringDigest.of(base, null, null, scoring, LABELS, PROMPT);
        TaskManifest task = new TaskManifest(
                        name,
                        "1",
                        base,
                        LABELS.stream()
                                .map(label -> new TaskManifest.Label(label, Priority.NOTICE, false))
                                .toList(),
                        scoring,
                        PROMPT,
                        new TaskManifest.Calibration(1, List.of(0.0, 0.0), digest, 20, "CPU", "any"),
                        new TaskManifest.DecisionRule(null, Map.of()),
                        null,
                        new TaskManifest.ExamGates(0.98, 0.02, claim, 2),
                        0.2,
                        List.of(ListedFile.of(TaskManifest.EXAM, exam)))
                .withCascade(cascade);
        Files.createDirectories(folder);
        Files.write(folder.resolve(TaskManifest.EXAM), exam);
        Files.write(folder.resolve(TaskManifest.FILE), task.toBytes());
        return folder;
    }
}
