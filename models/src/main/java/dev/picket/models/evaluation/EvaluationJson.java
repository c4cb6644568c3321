package dev.picket.models.evaluation;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * An evaluation as one JSON object: {@code rows}, {@code seed}, {@code candidates}, and where asked for {@code differences}, {@code groups},
 * {@code overlaps}. A figure is {@code {"value": v, "low": l, "high": h}}, each null where the rows do not say it.
 */
public final class EvaluationJson {
    private static final int CURVE_POINTS = 100;

    private EvaluationJson() {}

    public static ObjectNode of(Evaluation evaluation) {
        ObjectNode top = JsonMapper.builder().build().createObjectNode();
        top.put("file", evaluation.file()).put("rows", evaluation.rows());
        top.put("seed", evaluation.seed()).put("resamples", evaluation.resamples());
        ArrayNode candidates = top.putArray("candidates");
        for (Evaluation.Candidate each : evaluation.candidates()) {
            candidate(candidates.addObject(), evaluation, each);
        }
        ArrayNode differences = top.putArray("differences");
        for (int i = 0; i < evaluation.differences().size(); i++) {
            ObjectNode difference = differences.addObject();
            difference.put("of", evaluation.candidates().get(i + 1).name());
            difference.put("less", evaluation.first().name());
            summary(difference, evaluation.differences().get(i));
            number(
                    difference,
                    "sameLabel",
                    evaluation.sameLabels(evaluation.candidates().get(i + 1)));
        }
        Evaluation.Split split = evaluation.groups();
        if (split != null) {
            groups(top.putObject("groups"), split);
        }
        ArrayNode overlaps = top.putArray("overlaps");
        evaluation.overlaps().forEach(each -> overlap(overlaps.addObject(), each));
        return top;
    }

    private static void candidate(ObjectNode to, Evaluation evaluation, Evaluation.Candidate candidate) {
        to.put("folder", candidate.name()).put("task", candidate.task().name());
        to.put("version", candidate.task().version()).put("taskDigest", candidate.taskDigest());
        to.put("base", candidate.baseDigest());
        summary(to, candidate.figures());
        Answers answers = candidate.answers();
        to.putObject("latencyMillis").put("median", answers.latencyMillis(0.5)).put("p95", answers.latencyMillis(0.95));
        ArrayNode labels = to.putArray("labels");
        for (int label = 0; label < evaluation.labels().size(); label++) {
            ObjectNode each = labels.addObject()
                    .put("name", evaluation.labels().get(label))
                    .put("rows", evaluation.truths().get(label));
            put(each, "precision", candidate.figure(Figures.precision(label)));
            put(each, "recall", candidate.figure(Figures.recall(label)));
            put(each, "f1", candidate.figure(Figures.f1(label)));
        }
        ArrayNode confusion = to.putArray("confusion");
        for (int[] row : answers.confusion()) {
            ArrayNode counts = confusion.addArray();
            for (int count : row) {
                counts.add(count);
            }
        }
        ArrayNode bins = to.putArray("reliability");
        for (Curves.Bin bin : Curves.reliability(answers)) {
            ObjectNode each = bins.addObject().put("low", bin.low()).put("high", bin.high());
            each.put("rows", bin.rows());
            number(each, "confidence", bin.confidence());
            number(each, "accuracy", bin.accuracy());
        }
        ArrayNode curve = to.putArray("riskCoverage");
        for (Curves.Point point : Curves.riskCoverage(answers, CURVE_POINTS)) {
            curve.addObject()
                    .put("coverage", point.coverage())
                    .put("risk", point.risk())
                    .put("confidence", point.confidence());
        }
    }

    private static void summary(ObjectNode to, List<Estimate> figures) {
        put(to, "accuracy", figures.get(Figures.ACCURACY));
        put(to, "macroF1", figures.get(Figures.MACRO_F1));
        put(to, "ece", figures.get(Figures.ECE));
        put(to, "aurc", figures.get(Figures.AURC));
        put(to, "accepted", figures.get(Figures.ACCEPTED));
        put(to, "acceptedError", figures.get(Figures.ACCEPTED_ERROR));
    }

    private static void groups(ObjectNode to, Evaluation.Split split) {
        ArrayNode groups = to.put("field", split.field()).putArray("values");
        for (Evaluation.Group group : split.groups()) {
            ObjectNode each = groups.addObject().put("name", group.name()).put("rows", group.rows());
            ArrayNode candidates = each.putArray("candidates");
            group.figures().forEach(figures -> summary(candidates.addObject(), figures));
        }
    }

    private static void overlap(ObjectNode to, Evaluation.Overlap overlap) {
        to.put("with", overlap.with()).put("rows", overlap.rows());
        to.put("compared", overlap.compared()).put("whole", overlap.whole());
        ArrayNode examples = to.putArray("examples");
        for (Evaluation.Example example : overlap.examples()) {
            examples.addObject()
                    .put("line", example.line())
                    .put("other", example.other())
                    .put("otherLine", example.otherLine())
                    .put("likeness", example.likeness());
        }
        ArrayNode without = to.putArray("withoutThem");
        for (Figures figures : overlap.without()) {
            ObjectNode each = without.addObject();
            number(each, "accuracy", figures.values()[Figures.ACCURACY]);
            number(each, "macroF1", figures.values()[Figures.MACRO_F1]);
        }
    }

    private static void put(ObjectNode to, String name, Estimate estimate) {
        ObjectNode object = to.putObject(name);
        number(object, "value", estimate.value());
        number(object, "low", estimate.low());
        number(object, "high", estimate.high());
    }

    private static void number(ObjectNode to, String name, double value) {
        if (Double.isFinite(value)) {
            to.put(name, value);
        } else {
            to.putNull(name);
        }
    }
}
