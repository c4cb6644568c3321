package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.Scoring;
import java.util.Arrays;
import java.util.List;

/**
 * The probability of each label's word behind the prompt, along {@link LabelTrie}. A score is a logarithm over the whole
 * vocabulary; the calibration's softmax renormalises over the labels, and what they weighed before is the label mass.
 */
final class VerbaliserScorer implements Scorer {
    private final String output;
    private final LabelTrie trie;

    private VerbaliserScorer(String output, LabelTrie trie) {
        this.output = output;
        this.trie = trie;
    }

    /** Checks the words against the tokenizer. */
    static VerbaliserScorer load(String task, List<Scoring.Word> words, PromptEncoder encoder, BaseManifest.Graph graph)
            throws BadArtefactException {
        String logits = graph.wiring().outputs().logits();
        if (logits == null || !graph.wiring().labels().isEmpty()) {
            throw new BadArtefactException("Task '" + task
                    + "' is scored by words, but this base has no logits over a vocabulary; give the task a head, or the"
                    + " scoring 'classifier'.");
        }
        for (int i = 0; i < words.size(); i++) {
            Scoring.Word word = words.get(i);
            List<Integer> ids = Arrays.stream(
                            encoder.text(word.text(), graph.vocabularySize()).ids())
                    .mapToObj(Math::toIntExact)
                    .toList();
            if (!ids.equals(word.tokens())) {
                throw new BadArtefactException("task.json: $.scoring.words[" + i + "] lists the tokens " + word.tokens()
                        + " for '" + word.text() + "', the base's tokenizer gives " + ids + ".");
            }
        }
        return new VerbaliserScorer(logits, LabelTrie.of(words));
    }

    @Override
    public String output() {
        return output;
    }

    @Override
    public int tokensBehind() {
        return trie.depth();
    }

    @Override
    public Scores score(Question question) throws OrtException {
        List<float[][]> rows = question.rows(output, trie.paths());
        double[][] totals = new double[rows.size()][];
        for (int run = 0; run < totals.length; run++) {
            totals[run] = totals(rows.get(run));
        }
        float[] scores = new float[trie.steps().size()];
        double mass = 0;
        for (int label = 0; label < scores.length; label++) {
            double score = 0;
            for (LabelTrie.Step step : trie.steps().get(label)) {
                score += rows.get(step.run())[step.row()][step.token()] - totals[step.run()][step.row()];
            }
            scores[label] = (float) score;
            mass += Math.exp(score);
        }
        return new Scores(scores, (float) mass);
    }

    /** The logarithm of the sum of exponentials of each row. */
    private static double[] totals(float[][] rows) {
        double[] totals = new double[rows.length];
        for (int row = 0; row < totals.length; row++) {
            float most = Float.NEGATIVE_INFINITY;
            for (float logit : rows[row]) {
                most = Math.max(most, logit);
            }
            double sum = 0;
            for (float logit : rows[row]) {
                sum += Math.exp(logit - most);
            }
            totals[row] = most + Math.log(sum);
        }
        return totals;
    }
}
