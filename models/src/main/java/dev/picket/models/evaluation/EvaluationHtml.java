package dev.picket.models.evaluation;

import java.util.List;
import java.util.Locale;

/**
 * An evaluation as one page that needs nothing else: no script, no file beside it, nothing from the network. Whatever comes from rows, folders
 * or labels is escaped; no text of a row is in it.
 */
public final class EvaluationHtml {
    private static final int MAX_MAPPED_LABELS = 40;

    private final StringBuilder out = new StringBuilder();
    private final Evaluation evaluation;

    private EvaluationHtml(Evaluation evaluation) {
        this.evaluation = evaluation;
    }

    public static String of(Evaluation evaluation) {
        EvaluationHtml page = new EvaluationHtml(evaluation);
        page.head();
        page.warnings();
        page.summary();
        page.differences();
        page.groups();
        evaluation.candidates().forEach(page::candidate);
        page.notes();
        return page.out.append("</main></body></html>\n").toString();
    }

    private void head() {
        String names = String.join(
                ", ",
                evaluation.candidates().stream()
                        .map(each -> each.task().name() + " " + each.task().version())
                        .distinct()
                        .toList());
        add(
                """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width,initial-scale=1"/>
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
                <title>Evaluation of %s</title><style>%s</style></head><body><main>
                <header><h1>Evaluation of %s</h1>
                <p>%s rows of <code>%s</code>, through the classifier that the gateway runs</p></header>
                """,
                Svg.escaped(names),
                ReportStyle.CSS,
                Svg.escaped(names),
                evaluation.rows(),
                Svg.escaped(evaluation.file()));
    }

    private void warnings() {
        for (Evaluation.Overlap overlap : evaluation.overlaps()) {
            add(
                    "<div class=\"%s\"><p>%s</p>",
                    overlap.rows() > 0 ? "note warn" : "note",
                    Svg.escaped(EvaluationTable.sentence(evaluation, overlap)));
            if (!overlap.examples().isEmpty()) {
                add("<ul>");
                for (Evaluation.Example each : overlap.examples()) {
                    add(
                            "<li>line %s: <code>%s</code> line %s, likeness %s</li>",
                            each.line(), Svg.escaped(each.other()), each.otherLine(), number(each.likeness()));
                }
                add("</ul>");
            }
            add("</div>\n");
        }
    }

    private void summary() {
        add(
                "<section><div class=\"wide\"><table><thead><tr><th>candidate</th><th>accuracy</th><th>macro-F1</th><th>ECE</th>"
                        + "<th>AURC</th><th>accepted</th><th>of them wrong</th><th>latency</th></tr></thead><tbody>");
        for (int i = 0; i < evaluation.candidates().size(); i++) {
            Evaluation.Candidate each = evaluation.candidates().get(i);
            add("<tr><th><span class=\"key c%s\"></span>%s</th>", i, Svg.escaped(each.name()));
            for (int figure : List.of(
                    Figures.ACCURACY,
                    Figures.MACRO_F1,
                    Figures.ECE,
                    Figures.AURC,
                    Figures.ACCEPTED,
                    Figures.ACCEPTED_ERROR)) {
                add("<td>%s</td>", estimate(each.figure(figure)));
            }
            add(
                    "<td><b>%s</b><small>p95 %s ms</small></td></tr>",
                    String.format(Locale.ROOT, "%.1f ms", each.answers().latencyMillis(0.5)),
                    String.format(Locale.ROOT, "%.1f", each.answers().latencyMillis(0.95)));
        }
        add(
                "</tbody></table></div></section>\n<section class=\"two\"><figure><figcaption>Risk and coverage</figcaption>%s"
                        + "<p>The error rate among the surest rows, by their share. The dot is where the task's thresholds accept."
                        + "</p></figure>",
                Plots.riskCoverage(evaluation.candidates()));
        add(
                "<figure><figcaption>Reliability of <code>%s</code></figcaption>%s<p>Bars: how often an answer of that"
                        + " confidence is right. Tinted: the gap to the dashed line of a task that knows how sure it may be.</p>"
                        + "</figure></section>\n",
                Svg.escaped(evaluation.first().name()), Plots.reliability(evaluation.first()));
    }

    private void differences() {
        if (evaluation.differences().isEmpty()) {
            return;
        }
        add(
                "<section><h2>Differences to <code>%s</code></h2><p>Each resample holds the same rows for both, so an interval"
                        + " without 0 is a difference that these rows show.</p><div class=\"wide\"><table><thead><tr><th>candidate"
                        + "</th><th>same label</th><th>accuracy</th><th>macro-F1</th><th>ECE</th><th>AURC</th></tr></thead>"
                        + "<tbody>",
                Svg.escaped(evaluation.first().name()));
        for (int i = 0; i < evaluation.differences().size(); i++) {
            List<Estimate> difference = evaluation.differences().get(i);
            add(
                    "<tr><th><span class=\"key c%s\"></span>%s</th><td>%s</td>",
                    i + 1,
                    Svg.escaped(evaluation.candidates().get(i + 1).name()),
                    number(evaluation.sameLabels(evaluation.candidates().get(i + 1))));
            for (int figure : List.of(Figures.ACCURACY, Figures.MACRO_F1, Figures.ECE, Figures.AURC)) {
                Estimate each = difference.get(figure);
                boolean shown = each.low() > 0 || each.high() < 0;
                add("<td class=\"%s\">%s</td>", shown ? "shown" : "", EvaluationTable.signed(each));
            }
            add("</tr>");
        }
        add("</tbody></table></div></section>\n");
    }

    private void groups() {
        Evaluation.Split split = evaluation.groups();
        if (split != null) {
            add(
                    "<section><h2>By <code>%s</code></h2><figure>%s<p>Accuracy; the thin lines are the intervals.</p></figure>"
                            + "</section>\n",
                    Svg.escaped(split.field()),
                    Plots.groups(split, evaluation.candidates().size()));
        }
    }

    private void candidate(Evaluation.Candidate each) {
        List<String> labels = evaluation.labels();
        add(
                "<section><h2><code>%s</code></h2><p class=\"digests\">task %s<br/>base %s</p><div class=\"wide\"><table><thead>"
                        + "<tr><th>label</th><th>rows</th><th>precision</th><th>recall</th><th>F1</th></tr></thead><tbody>",
                Svg.escaped(each.name()), each.taskDigest(), each.baseDigest());
        for (int label = 0; label < labels.size(); label++) {
            add(
                    "<tr><th>%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>",
                    Svg.escaped(labels.get(label)),
                    evaluation.truths().get(label),
                    estimate(each.figure(Figures.precision(label))),
                    estimate(each.figure(Figures.recall(label))),
                    estimate(each.figure(Figures.f1(label))));
        }
        add("</tbody></table></div><div class=\"two\">");
        if (labels.size() <= MAX_MAPPED_LABELS) {
            add("<figure><figcaption>Confusion</figcaption>%s</figure>", Plots.confusion(labels, each));
        }
        if (evaluation.candidates().size() > 1) {
            add("<figure><figcaption>Reliability</figcaption>%s</figure>", Plots.reliability(each));
        }
        add("</div></section>\n");
    }

    private void notes() {
        add("""
                <section class="notes"><h2>How to read it</h2><p>Below each figure stands the interval that holds 95 of 100 of its values over
                %s resamples of the rows with replacement (seed %s; percentiles). It says what chance in these rows leaves open, not
                what other machines or times would give. Where no row was wrong it has no width, which is no proof. macro-F1: the mean F1
                of the labels that have rows. ECE: the mean gap of confidence and accuracy over 15 bins. AURC: the mean error rate over
                all shares of the surest rows. Latency: of one text at a time on this machine.</p></section>
                """, evaluation.resamples(), evaluation.seed());
    }

    private static String estimate(Estimate each) {
        return Double.isNaN(each.value())
                ? "<b>–</b>"
                : "<b>" + number(each.value()) + "</b>"
                        + (Double.isNaN(each.low())
                                ? ""
                                : "<small>" + number(each.low()) + " – " + number(each.high()) + "</small>");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** Its annotation would be a dependency for this alone. */
    @SuppressWarnings("AnnotateFormatMethod")
    private void add(String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments));
    }
}
