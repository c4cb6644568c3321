package dev.picket.models.task;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.Base;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.HiddenReader;
import dev.picket.inference.exam.ExamRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a task's folder, by way of {@link TaskFiles}. A task just made is not calibrated: temperature 1, no bias, no threshold (so each text
 * escalates), an empty exam.
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
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(TaskManifest.ADAPTER, adapter);
        files.put(TaskManifest.HEAD, head);
        write(out, base.digest(), name, version, labels, prompt, files);
    }

    /** Makes a task whose head knows nothing yet: every label is as probable as every other. */
    public static void write(
            Path out,
            BaseFolder base,
            String name,
            String version,
            List<TaskManifest.Label> labels,
            TaskManifest.Prompt prompt)
            throws IOException, BadArtefactException {
        int hidden = base.manifest().graph().hiddenSize();
        Map<String, FloatTensor> head = new LinkedHashMap<>();
        head.put(
                "weight",
                new FloatTensor(List.of((long) labels.size(), (long) hidden), new float[labels.size() * hidden]));
        head.put("bias", new FloatTensor(List.of((long) labels.size()), new float[labels.size()]));
        write(out, base.digest(), name, version, labels, prompt, Map.of(TaskManifest.HEAD, Safetensors.write(head)));
    }

    private static void write(
            Path out,
            String base,
            String name,
            String version,
            List<TaskManifest.Label> labels,
            TaskManifest.Prompt prompt,
            Map<String, byte[]> contents)
            throws IOException, BadArtefactException {
        byte[] exam = ExamRow.write(List.of());
        List<ListedFile> files = new ArrayList<>();
        contents.forEach((file, bytes) -> files.add(ListedFile.of(file, bytes)));
        files.add(ListedFile.of(TaskManifest.EXAM, exam));
        TaskManifest draft = new TaskManifest(
                name,
                version,
                base,
                labels,
                new Scoring.Head(),
                prompt,
                uncalibrated(labels.size(), ""),
                new TaskManifest.DecisionRule(null, Map.of()),
                null,
                GATES,
                MAX_CHANGE,
                files);
        TaskManifest whole = bound(draft);
        // What no gateway would read is not written either.
        TaskManifest.parse(whole.toBytes());
        Map<String, byte[]> all = new LinkedHashMap<>(contents);
        all.put(TaskManifest.EXAM, exam);
        TaskFiles.write(out, whole, all);
    }

    /**
     * Puts another head into a task. What was fitted on the one before goes: calibration, thresholds, drift baseline with its centroids, exam.
     */
    public static TaskManifest withHead(Path out, TaskManifest task, Scoring.Head scoring, byte[] head)
            throws IOException, BadArtefactException {
        return withHead(out, task, scoring, head, Map.of());
    }

    /** @param others new files that the task already lists */
    private static TaskManifest withHead(
            Path out, TaskManifest task, Scoring.Head scoring, byte[] head, Map<String, byte[]> others)
            throws IOException, BadArtefactException {
        byte[] exam = ExamRow.write(List.of());
        List<ListedFile> files = new ArrayList<>(task.files());
        files.removeIf(
                each -> List.of(TaskManifest.HEAD, TaskManifest.CENTROIDS).contains(each.name()));
        files.add(ListedFile.of(TaskManifest.HEAD, head));
        TaskManifest draft = new TaskManifest(
                task.name(),
                task.version(),
                task.base(),
                task.labels(),
                scoring,
                task.prompt(),
                uncalibrated(task.labels().size(), ""),
                new TaskManifest.DecisionRule(null, Map.of()),
                null,
                GATES,
                task.maxChange(),
                task.cascade(),
                files);
        TaskManifest made = listing(bound(draft), TaskManifest.EXAM, exam);
        Map<String, byte[]> contents = new LinkedHashMap<>(others);
        contents.put(TaskManifest.HEAD, head);
        contents.put(TaskManifest.EXAM, exam);
        TaskFiles.write(out, made, contents);
        return made;
    }

    /** Puts another adapter with its head into a task; nothing is written before the base has taken it. */
    public static TaskManifest withAdapter(Path out, Path baseFolder, PeftFolder peft)
            throws IOException, BadArtefactException {
        TaskManifest task = TaskFiles.read(out).manifest();
        BaseFolder base = BaseFolder.read(baseFolder);
        requireSame(task, base);
        byte[] adapter = peft.adapter(base.manifest()).toBytes();
        byte[] head = Safetensors.write(
                peft.head(task.labels().size(), base.manifest().graph().hiddenSize()));
        requireFits(base, task.prompt(), adapter);
        return withHead(
                out,
                listing(task, TaskManifest.ADAPTER, adapter),
                new Scoring.Head(),
                head,
                Map.of(TaskManifest.ADAPTER, adapter));
    }

    /** Refuses another base than the one that a task was made for. */
    public static void requireSame(TaskManifest task, BaseFolder base) throws BadArtefactException {
        if (!task.base().equals(base.digest())) {
            throw new BadArtefactException("Task '" + task.name() + "' was made for base " + task.base()
                    + ", the base here is " + base.digest() + ".");
        }
    }

    private static TaskManifest.Calibration uncalibrated(int labels, String scoringDigest) {
        return new TaskManifest.Calibration(
                1, Collections.nCopies(labels, 0.0), scoringDigest, 0, PROVIDER, processor());
    }

    /** The same with a calibration that says what it belongs to. */
    private static TaskManifest bound(TaskManifest task) {
        return new TaskManifest(
                task.name(),
                task.version(),
                task.base(),
                task.labels(),
                task.scoring(),
                task.prompt(),
                uncalibrated(task.labels().size(), task.scoringDigest()),
                task.decision(),
                task.drift(),
                task.exam(),
                task.maxChange(),
                task.cascade(),
                task.files());
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

    /** The same, with one of its files in place of the one before. */
    private static TaskManifest listing(TaskManifest task, String name, byte[] bytes) {
        List<ListedFile> files = new ArrayList<>(task.files());
        files.removeIf(each -> each.name().equals(name));
        files.add(ListedFile.of(name, bytes));
        return new TaskManifest(
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
    }

    /** Puts another exam into a task. */
    static void rewrite(Path out, TaskManifest task, List<ExamRow> exam) throws IOException, BadArtefactException {
        replace(out, task, TaskManifest.EXAM, ExamRow.write(exam));
    }

    /**
     * Puts another of a task's files into it.
     *
     * @return what task.json says now
     */
    static TaskManifest replace(Path out, TaskManifest task, String name, byte[] bytes)
            throws IOException, BadArtefactException {
        TaskManifest whole = listing(task, name, bytes);
        TaskFiles.write(out, whole, Map.of(name, bytes));
        return whole;
    }

    static void write(Path out, TaskManifest task) throws IOException, BadArtefactException {
        TaskFiles.write(out, task, Map.of());
    }

    /** The kind of processor as task.json names it. */
    static String processor() {
        return switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> "x86-64";
            case String other -> other;
        };
    }
}
