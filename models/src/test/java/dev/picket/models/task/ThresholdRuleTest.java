package dev.picket.models.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.Priority;
import dev.picket.inference.codec.TaskManifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Draws from populations whose true error rates are known. */
class ThresholdRuleTest {
    private static final double ALLOWED = 0.05;
    private static final int STEPS = 1000;
    private static final int DRAWS = 300;
    private static final List<TaskManifest.Label> LABELS =
            List.of(label("common", false), label("middling", false), label("rare", false));

    /** Error rates by label and confidence; confidences are 1 less the square of an even draw, so most rows are sure. */
    private record Population(List<Double> shares, List<DoubleUnaryOperator> errors) {
        List<ThresholdRule.Answer> draw(Random random, int rows) {
            List<ThresholdRule.Answer> drawn = new ArrayList<>();
            for (int i = 0; i < rows; i++) {
                double at = random.nextDouble();
                int label = at < shares.get(0) ? 0 : at < shares.get(0) + shares.get(1) ? 1 : 2;
                double confidence = 1 - 0.7 * Math.pow(random.nextDouble(), 2);
                boolean wrong = random.nextDouble() < errors.get(label).applyAsDouble(confidence);
                drawn.add(new ThresholdRule.Answer("text " + i, label, confidence, !wrong));
            }
            return drawn;
        }

        /** The true error rate of what a filter lets through, by many even steps; 0 where it lets nothing through. */
        double risk(int onlyLabel, Map<Integer, Double> thresholds) {
            double let = 0;
            double wrong = 0;
            for (int label = 0; label < shares.size(); label++) {
                Double threshold = thresholds.get(label);
                for (int step = 0; threshold != null && (onlyLabel < 0 || onlyLabel == label) && step < STEPS; step++) {
                    double confidence = 1 - 0.7 * Math.pow((step + 0.5) / STEPS, 2);
                    if (confidence >= threshold) {
                        let += shares.get(label);
                        wrong += shares.get(label) * errors.get(label).applyAsDouble(confidence);
                    }
                }
            }
            return let == 0 ? 0 : wrong / let;
        }
    }

    @Test
    void aLineThatIsRepeatedIsOneTrialAndWrongWhereOneCopyIs() {
        ThresholdRule rule = new ThresholdRule(LABELS, 0.05);
        List<ThresholdRule.Answer> fitted = new ArrayList<>();
        List<ThresholdRule.Answer> copies = new ArrayList<>();
        List<ThresholdRule.Answer> texts = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            fitted.add(new ThresholdRule.Answer("text " + i, 0, 0.99, true));
            copies.add(new ThresholdRule.Answer("one line", 0, 0.99, true));
            texts.add(new ThresholdRule.Answer("other " + i, 0, 0.99, true));
        }
        assertThat(rule.of(fitted, texts).threshold()).isNotNull();
        assertThat(rule.of(fitted, copies).threshold()).isNull();
        copies.add(new ThresholdRule.Answer("one line", 0, 0.7, false));
        copies.add(new ThresholdRule.Answer("one line", 1, 0.8, true));
        assertThat(ThresholdRule.distinct(copies))
                .containsExactly(
                        new ThresholdRule.Answer("one line", 0, 0.99, false),
                        new ThresholdRule.Answer("one line", 1, 0.8, true));
    }

    @Test
    void theBoundsHoldInNinetyFiveOfAHundredDrawsWhereConfidencesAreRight() {
        DoubleUnaryOperator honest = confidence -> 1 - confidence;
        held(new Population(List.of(0.7, 0.2, 0.1), List.of(honest, honest, honest)), 400, 0.95);
    }

    @Test
    void theBoundsHoldWhereTheModelIsTooSureOfItself() {
        DoubleUnaryOperator vain = confidence -> Math.min(1, 2.5 * (1 - confidence) + 0.02);
        held(new Population(List.of(0.7, 0.2, 0.1), List.of(vain, vain, vain)), 600, 0.95);
    }

    @Test
    void theBoundsHoldWhereEveryThresholdIsJustNotGoodEnough() {
        DoubleUnaryOperator flat = _ -> ALLOWED + 0.001;
        // Several bounds are at stake at once here, so the rule as a whole may break a little more often than each of
        // them.
        held(new Population(List.of(0.7, 0.2, 0.1), List.of(flat, flat, flat)), 600, 0.92);
    }

    @Test
    void theBoundsHoldWhereOneLabelIsMuchWorseThanTheOthers() {
        DoubleUnaryOperator good = confidence -> 0.3 * (1 - confidence);
        DoubleUnaryOperator bad = _ -> 0.4;
        held(new Population(List.of(0.7, 0.22, 0.08), List.of(good, good, bad)), 800, 0.95);
    }

    @Test
    void aLabelWithManyAcceptedRowsGetsItsOwnThresholdAndARareOneTheTasks() {
        DoubleUnaryOperator honest = confidence -> 0.5 * (1 - confidence);
        Population population = new Population(List.of(0.8, 0.17, 0.03), List.of(honest, honest, honest));
        TaskManifest.DecisionRule rule = new ThresholdRule(LABELS, ALLOWED)
                .of(population.draw(new Random(1), 1000), population.draw(new Random(2), 1000));
        assertThat(rule.threshold()).isNotNull();
        assertThat(rule.perLabel()).containsOnlyKeys("common", "middling");
        assertThat(Objects.requireNonNull(rule.perLabel().get("common")).n()).isBetween(750, 850);
    }

    @Test
    void aLabelThatAlwaysEscalatesHasNoPartInAnyThreshold() {
        DoubleUnaryOperator good = _ -> 0.001;
        DoubleUnaryOperator awful = _ -> 0.9;
        Population population = new Population(List.of(0.3, 0.7, 0.0), List.of(good, awful, good));
        List<ThresholdRule.Answer> fitted = population.draw(new Random(1), 1000);
        List<ThresholdRule.Answer> held = population.draw(new Random(2), 1000);
        ThresholdRule escalating = new ThresholdRule(
                List.of(label("common", false), label("middling", true), label("rare", false)), ALLOWED);
        TaskManifest.DecisionRule rule = escalating.of(fitted, held);
        assertThat(rule.threshold()).isNotNull();
        assertThat(escalating.accepted(rule, held)).allMatch(each -> each.label() == 0);
        assertThat(new ThresholdRule(LABELS, ALLOWED).of(fitted, held).threshold())
                .isNull();
    }

    @Test
    void fewRowsAllowNothing() {
        DoubleUnaryOperator never = _ -> 0;
        Population population = new Population(List.of(1.0, 0.0, 0.0), List.of(never, never, never));
        TaskManifest.DecisionRule rule = new ThresholdRule(LABELS, ALLOWED)
                .of(population.draw(new Random(1), 50), population.draw(new Random(2), 50));
        assertThat(rule).isEqualTo(new TaskManifest.DecisionRule(null, Map.of()));
    }

    /** Each threshold's own claim, and that of the whole rule, against the truth. */
    private static void held(Population population, int rows, double wholeRule) {
        Random random = new Random(77);
        int task = 0;
        int whole = 0;
        int[] own = new int[LABELS.size()];
        for (int draw = 0; draw < DRAWS; draw++) {
            TaskManifest.DecisionRule rule =
                    new ThresholdRule(LABELS, ALLOWED).of(population.draw(random, rows), population.draw(random, rows));
            Map<Integer, Double> everywhere = new HashMap<>();
            Map<Integer, Double> asDecided = new HashMap<>();
            for (int label = 0; label < LABELS.size(); label++) {
                TaskManifest.Threshold its =
                        rule.perLabel().get(LABELS.get(label).name());
                if (rule.threshold() != null) {
                    everywhere.put(label, rule.threshold().value());
                    asDecided.put(label, rule.threshold().value());
                }
                if (its != null) {
                    asDecided.put(label, its.value());
                    own[label] += population.risk(label, asDecided) > ALLOWED ? 1 : 0;
                }
            }
            task += population.risk(-1, everywhere) > ALLOWED ? 1 : 0;
            whole += population.risk(-1, asDecided) > ALLOWED ? 1 : 0;
        }
        assertThat(1 - (double) task / DRAWS).as("the task's threshold").isGreaterThanOrEqualTo(0.95);
        assertThat(1 - (double) whole / DRAWS).as("the whole rule").isGreaterThanOrEqualTo(wholeRule);
        for (int broken : own) {
            assertThat(1 - (double) broken / DRAWS)
                    .as("a label's own threshold")
                    .isGreaterThanOrEqualTo(0.95);
        }
    }

    private static TaskManifest.Label label(String name, boolean escalate) {
        return new TaskManifest.Label(name, Priority.ROUTINE, escalate);
    }
}
