package dev.picket.models.evaluation;

import dev.picket.inference.codec.TaskManifest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that an evaluation found; it holds no text.
 *
 * @param file of the rows
 * @param labels in the first candidate's order
 * @param truths rows of each label
 * @param candidates at least one
 * @param differences of each candidate but the first: its figures less the first's, on the same resamples
 * @param groups null where figures are not split
 * @param overlaps what the rows have in common with others
 */
public record Evaluation(
        String file,
        int rows,
        long seed,
        int resamples,
        List<String> labels,
        List<Integer> truths,
        List<Candidate> candidates,
        List<List<Estimate>> differences,
        @Nullable Split groups,
        List<Overlap> overlaps) {

    /**
     * One task.
     *
     * @param name its folder, as it was given
     * @param figures in the order of {@link Figures}
     */
    record Candidate(
            String name,
            TaskManifest task,
            String taskDigest,
            String baseDigest,
            Answers answers,
            List<Estimate> figures) {
        Estimate figure(int which) {
            return figures.get(which);
        }
    }

    /**
     * Figures by a field of the rows.
     *
     * @param field as it was given
     */
    record Split(String field, List<Group> groups) {}

    /** @param figures of each candidate */
    record Group(String name, int rows, List<List<Estimate>> figures) {}

    /**
     * Rows that say nearly what other rows say.
     *
     * @param with what the rows were held against, for people
     * @param rows how many of the evaluated ones
     * @param compared with how many texts
     * @param whole whether all of the others were looked at
     * @param examples a few of them
     * @param without accuracy and macro-F1 of each candidate on the other rows; empty where none is left
     */
    record Overlap(String with, int rows, int compared, boolean whole, List<Example> examples, List<Figures> without) {}

    /** Two lines that say nearly the same. */
    record Example(int line, String other, int otherLine, double likeness) {}

    /** The share of rows to which a candidate and the first give the same label. */
    double sameLabels(Candidate other) {
        return (double) first().answers().sameLabels(other.answers()) / rows;
    }

    Candidate first() {
        return candidates.getFirst();
    }
}
