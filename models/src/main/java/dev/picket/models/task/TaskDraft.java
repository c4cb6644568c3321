package dev.picket.models.task;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.ScoringDigest;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.Base;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.HiddenReader;
import dev.picket.inference.exam.ExamRow;
import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Writes a task's folder. Its files go first and task.json last, so a folder with a task.json is complete. A task just made
 * is not calibrated: temperature 1, no bias, no threshold (so each text escalates), an empty exam.
 */
public final class TaskDraft {
    static final String PROVIDER = "CPUExecutionProvider";
    private static final TaskManifest.ExamGates GATES = new TaskManifest.ExamGates(0.98, 0.02, 0, 1.5);
    private static final double MAX_CHANGE = 0.2;

    private TaskDraft() {}

    /** Makes an uncalibrated task out of a PEFT folder; nothing is written before the base has taken the adapter. */
    public static void write(
            Path out,
            Path baseFolder,
            PeftFolder peft,
            String name,
            String version,
            List<TaskManifest.Label> labels,
            TaskManifest.Prompt prompt)
            throws IOException, BadArtefactException {
        BaseFolder base = BaseFolder.read(baseFolder);
        byte[] adapter = peft.adapter(base.manifest()).toBytes();
        byte[] head = Safetensors.write(
                peft.head(labels.size(), base.manifest().graph().hiddenSize()));
        requireFits(base, prompt, adapter);
        AtomicFiles.createFolders(out);
        AtomicFiles.remove(out.resolve(TaskManifest.FILE));
        AtomicFiles.write(out.resolve(TaskManifest.ADAPTER), adapter);
        AtomicFiles.write(out.resolve(TaskManifest.HEAD), head);
        List<ListedFile> files =
                List.of(ListedFile.of(TaskManifest.ADAPTER, adapter), ListedFile.of(TaskManifest.HEAD, head));
        Scoring scoring = new Scoring.Head();
        String scored = ScoringDigest.of(
                base.digest(),
                files.getFirst().sha256(),
                files.getLast().sha256(),
                scoring,
                labels.stream().map(TaskManifest.Label::name).toList(),
                prompt);
        TaskManifest draft = new TaskManifest(
                name,
                version,
                base.digest(),
                labels,
                scoring,
                prompt,
                new TaskManifest.Calibration(
                        1, Collections.nCopies(labels.size(), 0.0), scored, 0, PROVIDER, processor()),
                new TaskManifest.DecisionRule(null, Map.of()),
                null,
                GATES,
                MAX_CHANGE,
                files);
        rewrite(out, draft, List.of());
    }

    /** Names, shapes and ranks against the graph's inputs, and the prompt against its context, as a gateway checks them. */
    private static void requireFits(BaseFolder base, TaskManifest.Prompt prompt, byte[] adapter)
            throws IOException, BadArtefactException {
        try (Base opened = Base.open(base, EngineOptions.forCores(1));
                HiddenReader reader = HiddenReader.open(opened, prompt, adapter)) {
            for (float value : reader.read("")) {
                if (!Float.isFinite(value)) {
                    throw new BadArtefactException("With this adapter the base computes " + value + ".");
                }
            }
        } catch (ClassificationException e) {
            throw new BadArtefactException("The base does not run with this adapter: " + e.getMessage(), e);
        }
    }

    /** Writes the exam and then task.json, which lists it in place of the one before. */
    static void rewrite(Path out, TaskManifest task, List<ExamRow> exam) throws IOException {
        replace(out, task, TaskManifest.EXAM, ExamRow.write(exam));
    }

    /**
     * Writes one of a task's files and then task.json, which lists it in place of the one before.
     *
     * @return what task.json says now
     */
    static TaskManifest replace(Path out, TaskManifest task, String name, byte[] bytes) throws IOException {
        AtomicFiles.write(out.resolve(name), bytes);
        List<ListedFile> files = new ArrayList<>(task.files());
        files.removeIf(each -> each.name().equals(name));
        files.add(ListedFile.of(name, bytes));
        TaskManifest whole = new TaskManifest(
                task.name(),
                task.version(),
                task.base(),
                task.labels(),
                task.scoring(),
                task.prompt(),
                task.calibration(),
                task.decision(),
                task.drift(),
                task.exam(),
                task.maxChange(),
                task.cascade(),
                files);
        write(out, whole);
        return whole;
    }

    static void write(Path out, TaskManifest task) throws IOException {
        AtomicFiles.write(out.resolve(TaskManifest.FILE), task.toBytes());
    }

    /** The kind of processor as task.json names it. */
    static String processor() {
        return switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> "x86-64";
            case String other -> other;
        };
    }
}
