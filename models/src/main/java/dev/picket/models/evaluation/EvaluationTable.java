package dev.picket.models.evaluation;

import java.util.List;
import java.util.Locale;

/** An evaluation as lines for a terminal. */
public final class EvaluationTable {
    private final StringBuilder out = new StringBuilder();
    private final Evaluation evaluation;

    private EvaluationTable(Evaluation evaluation) {
        this.evaluation = evaluation;
    }

    public static String of(Evaluation evaluation) {
        EvaluationTable table = new EvaluationTable(evaluation);
        evaluation.candidates().forEach(table::candidate);
        table.differences();
        table.groups();
        evaluation.overlaps().forEach(table::overlap);
        table.line(
                "In brackets: 95 of 100 of %d resamples of the rows (seed %d).",
                evaluation.resamples(), evaluation.seed());
        return table.out.toString().stripTrailing();
    }

    private void candidate(Evaluation.Candidate each) {
        line(
                "%s: task %s %s, %d rows of %s",
                each.name(), each.task().name(), each.task().version(), evaluation.rows(), evaluation.file());
        line("  %-24s %6s  %-22s %-22s %s", "label", "rows", "precision", "recall", "F1");
        for (int label = 0; label < evaluation.labels().size(); label++) {
            line(
                    "  %-24s %6d  %-22s %-22s %s",
                    evaluation.labels().get(label),
                    evaluation.truths().get(label),
                    shown(each.figure(Figures.precision(label))),
                    shown(each.figure(Figures.recall(label))),
                    shown(each.figure(Figures.f1(label))));
        }
        line("  accuracy %s, macro-F1 %s", shown(each.figure(Figures.ACCURACY)), shown(each.figure(Figures.MACRO_F1)));
        line("  ECE %s, AURC %s", shown(each.figure(Figures.ECE)), shown(each.figure(Figures.AURC)));
        line(
                "  accepted %s, of them wrong %s",
                shown(each.figure(Figures.ACCEPTED)), shown(each.figure(Figures.ACCEPTED_ERROR)));
        line(
                "  latency median %.1f ms, 95 of 100 within %.1f ms",
                each.answers().latencyMillis(0.5), each.answers().latencyMillis(0.95));
        confusion(each.answers().confusion());
        line("");
    }

    private void confusion(int[][] counts) {
        List<String> labels = evaluation.labels();
        for (int truth = 0; truth < counts.length; truth++) {
            StringBuilder given = new StringBuilder();
            for (int guess = 0; guess < counts.length; guess++) {
                if (guess != truth && counts[truth][guess] > 0) {
                    given.append(given.isEmpty() ? "" : ", ")
                            .append(labels.get(guess))
                            .append(' ')
                            .append(counts[truth][guess]);
                }
            }
            if (!given.isEmpty()) {
                line("  %-24s was taken for: %s", labels.get(truth), given);
            }
        }
    }

    private void differences() {
        for (int i = 0; i < evaluation.differences().size(); i++) {
            List<Estimate> difference = evaluation.differences().get(i);
            line(
                    "%s less %s, on the same resamples: accuracy %s, macro-F1 %s, AURC %s; the same label on %.4f of the rows",
                    evaluation.candidates().get(i + 1).name(),
                    evaluation.first().name(),
                    signed(difference.get(Figures.ACCURACY)),
                    signed(difference.get(Figures.MACRO_F1)),
                    signed(difference.get(Figures.AURC)),
                    evaluation.sameLabels(evaluation.candidates().get(i + 1)));
        }
    }

    private void groups() {
        Evaluation.Split split = evaluation.groups();
        if (split == null) {
            return;
        }
        for (Evaluation.Group group : split.groups()) {
            for (int i = 0; i < group.figures().size(); i++) {
                List<Estimate> figures = group.figures().get(i);
                line(
                        "%s %s, %d rows%s: accuracy %s, macro-F1 %s, accepted %s, of them wrong %s",
                        split.field(),
                        group.name(),
                        group.rows(),
                        group.figures().size() == 1
                                ? ""
                                : ", " + evaluation.candidates().get(i).name(),
                        shown(figures.get(Figures.ACCURACY)),
                        shown(figures.get(Figures.MACRO_F1)),
                        shown(figures.get(Figures.ACCEPTED)),
                        shown(figures.get(Figures.ACCEPTED_ERROR)));
            }
        }
    }

    private void overlap(Evaluation.Overlap overlap) {
        line("%s", sentence(evaluation, overlap));
        for (Evaluation.Example each : overlap.examples()) {
            line("  line %d: %s line %d (%.2f)", each.line(), each.other(), each.otherLine(), each.likeness());
        }
    }

    /** What the rows have in common with others, and what that does to the figures. */
    static String sentence(Evaluation evaluation, Evaluation.Overlap overlap) {
        String part = overlap.whole() ? "" : " (the first " + overlap.compared() + " texts of them)";
        if (overlap.rows() == 0) {
            return "No row nearly stands in " + overlap.with() + part + " as well.";
        }
        String said = String.format(
                Locale.ROOT,
                "Warning: %d of %d rows nearly stand in %s%s as well (likeness %.2f or more), so the figures flatter",
                overlap.rows(),
                evaluation.rows(),
                overlap.with(),
                part,
                NearDuplicates.LEAST_LIKENESS);
        if (overlap.without().isEmpty()) {
            return said + "; no other row is left.";
        }
        double[] first = overlap.without().getFirst().values();
        return said
                + String.format(
                        Locale.ROOT,
                        "; without them accuracy %.3f, macro-F1 %.3f.",
                        first[Figures.ACCURACY],
                        first[Figures.MACRO_F1]);
    }

    static String shown(Estimate estimate) {
        return format("%.3f", "%.3f [%.3f, %.3f]", estimate);
    }

    static String signed(Estimate estimate) {
        return format("%+.3f", "%+.3f [%+.3f, %+.3f]", estimate);
    }

    private static String format(String bare, String whole, Estimate estimate) {
        if (Double.isNaN(estimate.value())) {
            return "-";
        }
        return Double.isNaN(estimate.low())
                ? String.format(Locale.ROOT, bare, estimate.value())
                : String.format(Locale.ROOT, whole, estimate.value(), estimate.low(), estimate.high());
    }

    /** Its annotation would be a dependency for this alone. */
    @SuppressWarnings("AnnotateFormatMethod")
    private void line(String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}
