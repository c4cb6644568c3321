package dev.picket.models.evaluation;

import java.util.List;
import java.util.Locale;

/** The report's drawings. */
final class Plots {
    private static final int LEFT = 52;
    private static final int TOP = 28;
    private static final int SIDE = 350;
    private static final int BARS = 620;
    private static final int CURVE_POINTS = 200;
    private static final int MAX_NAME = 26;
    private static final double DARK = 0.55;

    private Plots() {}

    /** Accuracy against confidence, and below how many rows each bin has. */
    static String reliability(Evaluation.Candidate candidate) {
        List<Curves.Bin> bins = Curves.reliability(candidate.answers());
        Svg svg = new Svg(LEFT + SIDE + 16, TOP + SIDE + 110, "Reliability diagram of " + candidate.name());
        axes(svg, "confidence", "accuracy", 1);
        int most = bins.stream().mapToInt(Curves.Bin::rows).max().orElse(1);
        double foot = TOP + SIDE + 98;
        for (Curves.Bin bin : bins) {
            if (bin.rows() > 0) {
                double width = (bin.high() - bin.low()) * SIDE - 2;
                String said = format(
                        "%.2f to %.2f: %d rows, accuracy %.3f, mean confidence %.3f",
                        bin.low(), bin.high(), bin.rows(), bin.accuracy(), bin.confidence());
                double x = x(bin.low()) + 1;
                svg.rectangle("bar", x, y(bin.accuracy()), width, bin.accuracy() * SIDE, said);
                double upper = Math.max(bin.accuracy(), bin.confidence());
                svg.rectangle("gap", x, y(upper), width, Math.abs(bin.accuracy() - bin.confidence()) * SIDE, said);
                double height = Math.max(1.5, 44.0 * bin.rows() / most);
                svg.rectangle("count", x, foot - height, width, height, said);
            }
        }
        svg.line("ideal", x(0), y(0), x(1), y(1));
        svg.line("axis", x(0), foot, x(1), foot);
        svg.text("tick end", LEFT - 6, foot - 34, String.valueOf(most)).text("tick end", LEFT - 6, foot, "rows");
        return svg.toString();
    }

    /** The error rate of the surest rows, by their share, with the place at which each task accepts. */
    static String riskCoverage(List<Evaluation.Candidate> candidates) {
        double most = 0.01;
        for (Evaluation.Candidate each : candidates) {
            for (Curves.Point point : Curves.riskCoverage(each.answers(), CURVE_POINTS)) {
                most = Math.max(most, point.coverage() < 0.02 ? 0 : point.risk());
            }
        }
        double top = Math.min(1, most * 1.15);
        Svg svg = new Svg(LEFT + SIDE + 16, TOP + SIDE + 50, "Error rate of the surest rows by their share");
        axes(svg, "share of rows, the surest first", "error rate", top);
        for (int i = 0; i < candidates.size(); i++) {
            Evaluation.Candidate each = candidates.get(i);
            List<Curves.Point> curve = Curves.riskCoverage(each.answers(), CURVE_POINTS);
            double[] points = new double[2 * curve.size()];
            for (int p = 0; p < curve.size(); p++) {
                points[2 * p] = x(curve.get(p).coverage());
                points[2 * p + 1] = y(Math.min(1, curve.get(p).risk() / top));
            }
            svg.path("curve c" + i, points);
            double accepted = each.figure(Figures.ACCEPTED).value();
            double error = each.figure(Figures.ACCEPTED_ERROR).value();
            if (accepted > 0) {
                svg.dot(
                        "mark c" + i,
                        x(accepted),
                        y(Math.min(1, error / top)),
                        format("%s accepts %.3f, of them wrong %.3f", each.name(), accepted, error));
            }
        }
        return svg.toString();
    }

    /** Counts by true label (rows) and given label (columns); the colour is the share of the row. */
    static String confusion(List<String> labels, Evaluation.Candidate candidate) {
        int[][] counts = candidate.answers().confusion();
        int n = labels.size();
        double size = Math.max(14, Math.min(56, 420.0 / n));
        double margin = 12
                + 6.2
                        * labels.stream()
                                .mapToInt(each -> cut(each).length())
                                .max()
                                .orElse(1);
        Svg svg = new Svg(
                (int) Math.max(margin + n * size + 16, margin + 240),
                (int) (n * size + margin * 0.8 + 30),
                "Confusion of " + candidate.name());
        for (int truth = 0; truth < n; truth++) {
            int all = 0;
            for (int count : counts[truth]) {
                all += count;
            }
            double y = 20 + truth * size;
            svg.text("name end", margin - 6, y + size / 2 + 4, cut(labels.get(truth)));
            for (int guess = 0; guess < n; guess++) {
                int count = counts[truth][guess];
                double share = all == 0 ? 0 : (double) count / all;
                double x = margin + guess * size;
                svg.cell(
                        x,
                        y,
                        size - 2,
                        share,
                        format("%s taken for %s: %d of %d", labels.get(truth), labels.get(guess), count, all));
                if (count > 0 && size >= 22) {
                    svg.text(
                            (share > DARK ? "on " : "") + "value middle",
                            x + size / 2 - 1,
                            y + size / 2 + 4,
                            "" + count);
                }
            }
        }
        for (int guess = 0; guess < n; guess++) {
            svg.slanted(margin + guess * size + size / 2, 20 + n * size + 12, cut(labels.get(guess)));
        }
        svg.text("tick start", margin, 12, "true label by row, given label by column");
        return svg.toString();
    }

    /** Accuracy of each group with its interval, one bar a candidate. */
    static String groups(Evaluation.Split split, int candidates) {
        int margin = 190;
        double bar = candidates == 1 ? 14 : 9;
        double step = candidates * (bar + 2) + 10;
        Svg svg =
                new Svg(margin + BARS + 100, (int) (split.groups().size() * step + 36), "Accuracy by " + split.field());
        double y = 6;
        for (Evaluation.Group group : split.groups()) {
            svg.text("name end", margin - 8, y + candidates * (bar + 2) / 2 + 3, cut(group.name()));
            for (int i = 0; i < candidates; i++) {
                Estimate accuracy = group.figures().get(i).get(Figures.ACCURACY);
                String said = group.name() + ": accuracy " + EvaluationTable.shown(accuracy) + ", macro-F1 "
                        + EvaluationTable.shown(group.figures().get(i).get(Figures.MACRO_F1));
                double at = y + i * (bar + 2);
                svg.rectangle("fill c" + i, margin, at, accuracy.value() * BARS, bar, said);
                svg.line(
                        "whisker",
                        margin + accuracy.low() * BARS,
                        at + bar / 2,
                        margin + accuracy.high() * BARS,
                        at + bar / 2);
            }
            svg.text("tick start", margin + BARS + 8, y + candidates * (bar + 2) / 2 + 3, group.rows() + " rows");
            y += step;
        }
        svg.line("axis", margin, 2, margin, y).line("axis", margin, y, margin + BARS, y);
        for (int tick = 0; tick <= 4; tick++) {
            svg.text("tick middle", margin + tick * BARS / 4.0, y + 16, format("%.2f", tick / 4.0));
        }
        return svg.toString();
    }

    private static void axes(Svg svg, String across, String up, double top) {
        for (int tick = 0; tick <= 4; tick++) {
            double at = tick / 4.0;
            svg.line("grid", x(0), y(at), x(1), y(at)).line("grid", x(at), y(0), x(at), y(1));
            svg.text("tick end", LEFT - 6, y(at) + 4, format(top < 0.2 ? "%.3f" : "%.2f", at * top));
            svg.text("tick middle", x(at), y(0) + 16, format("%.2f", at));
        }
        svg.line("axis", x(0), y(0), x(1), y(0)).line("axis", x(0), y(0), x(0), y(1));
        svg.text("label middle", x(0.5), y(0) + 34, across).text("label start", 2, 14, up);
    }

    private static double x(double share) {
        return LEFT + share * SIDE;
    }

    private static double y(double share) {
        return TOP + (1 - share) * SIDE;
    }

    private static String cut(String name) {
        return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME - 1) + "…";
    }

    /** Its annotation would be a dependency for this alone. */
    @SuppressWarnings("AnnotateFormatMethod")
    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
