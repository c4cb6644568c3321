package dev.picket.agent.update;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A task and the rows of its exam, as every gateway reads them before it asks any. Publisher and gateway read them here, so
 * nothing is released that no gateway could ever take.
 *
 * @param digest SHA-256 of task.json
 */
public record ExamPaper(TaskManifest task, String digest, List<ExamRow> rows) {
    /** The most rows that a gateway takes by default. */
    public static final int MAX_ROWS = 2_000;

    private static final int MAX_EXAM_BYTES = 64 << 20;

    public ExamPaper {
        rows = List.copyOf(rows);
    }

    /**
     * Reads a task's folder: task.json with a calibration that was fitted on just what it lists, every file as listed,
     * every row with a known label and the desk's probabilities.
     *
     * @param maxRows the most rows accepted
     * @throws RejectedException EXAM_FAILED, naming the file and what is wrong in it
     */
    public static ExamPaper read(Path folder, int maxRows) throws RejectedException, UnavailableException {
        try {
            TaskFolder read = TaskFolder.read(folder);
            TaskManifest task = read.manifest();
            ListedFile exam = task.file(TaskManifest.EXAM)
                    .orElseThrow(() -> new BadArtefactException("Task " + task.name() + " comes without an exam."));
            byte[] bytes = read.file(exam.name()).orElseThrow();
            if (bytes.length > MAX_EXAM_BYTES) {
                throw new BadArtefactException("exam.jsonl of task " + task.name() + " has " + bytes.length
                        + " bytes and may have " + MAX_EXAM_BYTES + ".");
            }
            return new ExamPaper(task, read.digest(), ExamRow.parse(bytes, task.labelNames(), maxRows));
        } catch (BadArtefactException e) {
            throw new RejectedException(Reason.EXAM_FAILED, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UnavailableException("The task in " + folder + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /**
     * Holds the exam with the desk's own answers and the gates that no gateway goes below: what fails here fails
     * everywhere.
     *
     * @throws RejectedException EXAM_FAILED when rows of two labels are too few, or the desk falls short of the claim
     */
    public void checkDesk() throws RejectedException {
        Exam exam = new Exam(task, rows, 0, 1);
        exam.checkRows();
        exam.check(exam.measure(rows.stream().map(Answer::ofDesk).toList()));
    }
}
