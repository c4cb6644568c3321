package dev.picket.agent.bench;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A task as its next release would be: other bytes in its adapter, the same answers. */
public final class TaskVariant {
    private static final String ADAPTER = ".onnx_adapter";
    /** A flatbuffer is read from its beginning, so what follows it changes its digest alone. */
    private static final int TAIL_BYTES = 8;

    /** Work that goes on beside an exam is no fault of the task. */
    private static final double ANY_LATENCY = 1_000;

    private TaskVariant() {}

    /**
     * Writes one.
     *
     * @param to a folder that is not there
     * @param base the digest of the base that it is made for
     * @param number of the variant, its version too; two with one number are the same
     */
    public static void write(Path from, Path to, String base, int number) throws IOException, BadArtefactException {
        TaskFolder task = TaskFolder.read(from);
        AtomicFiles.createFolders(to);
        List<ListedFile> files = new ArrayList<>();
        for (ListedFile file : task.manifest().files()) {
            byte[] bytes = task.file(file.name()).orElseThrow();
            if (file.name().endsWith(ADAPTER)) {
                bytes = Arrays.copyOf(bytes, bytes.length + TAIL_BYTES);
                bytes[bytes.length - 1] = (byte) number;
            }
            AtomicFiles.write(to.resolve(file.name()), bytes);
            files.add(ListedFile.of(file.name(), bytes));
        }
        TaskManifest is = task.manifest();
        // The calibration is bound to the bytes that it was fitted on, these are others, and they answer the same.
        String scoring = manifest(is, base, number, files, is.calibration().scoringDigest())
                .scoringDigest();
        AtomicFiles.write(
                to.resolve("task.json"),
                manifest(is, base, number, files, scoring).toBytes());
    }

    private static TaskManifest manifest(
            TaskManifest is, String base, int number, List<ListedFile> files, String scoring) {
        TaskManifest.Calibration fitted = is.calibration();
        TaskManifest.ExamGates gates = is.exam();
        return new TaskManifest(
                is.name(),
                Integer.toString(number),
                base,
                is.labels(),
                is.scoring(),
                is.prompt(),
                new TaskManifest.Calibration(
                        fitted.temperature(),
                        fitted.bias(),
                        scoring,
                        fitted.n(),
                        fitted.provider(),
                        fitted.processor()),
                is.decision(),
                is.drift(),
                new TaskManifest.ExamGates(
                        gates.minAgreement(), gates.maxMeanDifference(), gates.macroF1(), ANY_LATENCY),
                is.maxChange(),
                files);
    }
}
