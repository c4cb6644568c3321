package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.Scoring;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The logit of each label's word, by its first token; the words must differ there, so one run is enough. */
final class VerbaliserScorer implements Scorer {
    private final int[] firstTokens;

    private VerbaliserScorer(int[] firstTokens) {
        this.firstTokens = firstTokens;
    }

    /** Checks the words against the tokenizer, and that their first tokens differ. */
    static VerbaliserScorer load(List<Scoring.Word> words, PromptEncoder encoder, int vocabularySize)
            throws BadArtefactException {
        Map<Integer, String> seen = new HashMap<>();
        int[] firsts = new int[words.size()];
        for (int i = 0; i < firsts.length; i++) {
            Scoring.Word word = words.get(i);
            List<Integer> ids = Arrays.stream(
                            encoder.text(word.text(), vocabularySize).ids())
                    .mapToObj(Math::toIntExact)
                    .toList();
            if (!ids.equals(word.tokens())) {
                throw new BadArtefactException("task.json: $.scoring.words[" + i + "] lists the tokens " + word.tokens()
                        + " for '" + word.text() + "', the base's tokenizer gives " + ids + ".");
            }
            firsts[i] = word.tokens().getFirst();
            if (firsts[i] >= vocabularySize) {
                throw new BadArtefactException("task.json: $.scoring.words[" + i + "] has the token " + firsts[i]
                        + ", but the base knows only " + vocabularySize + ".");
            }
            String other = seen.put(firsts[i], word.text());
            if (other != null) {
                throw new BadArtefactException("task.json: $.scoring.words[" + i + "] '" + word.text()
                        + "' begins with the same token as '" + other
                        + "'; this version scores words by their first tokens, which must differ.");
            }
        }
        return new VerbaliserScorer(firsts);
    }

    @Override
    public String output() {
        return Base.LOGITS;
    }

    @Override
    public float[] score(float[] last) {
        float[] scores = new float[firstTokens.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = last[firstTokens[i]];
        }
        return scores;
    }
}
