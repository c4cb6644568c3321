package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.Scoring;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The labels' words as a trie of token ids. A word is followed until it is the only one left, for behind that point the
 * answer is decided:
 *
 * <pre>
 *   "yes"         root -yes-> done                          root      one row, behind the text
 *   "not fraud"   root -not-> [not] -fraud-> done           [not]     a row behind text + not
 *   "not spam"    root -not-> [not] -spam-> done
 * </pre>
 *
 * Each place where words part is a row. Rows on one path come from one run, so there is one run for the text and one for
 * each longest path.
 *
 * @param paths tokens to run behind the text
 * @param steps by label: which tokens are looked up in which rows
 */
record LabelTrie(List<long[]> paths, List<List<Step>> steps) {
    /**
     * One token's probability.
     *
     * @param run 0 for the text alone, else one more than the path's place
     * @param row of that run
     */
    record Step(int run, int row, int token) {}

    /** Builds the trie; no word may be the beginning of another, for then it could not be told when it ends. */
    static LabelTrie of(List<Scoring.Word> words) throws BadArtefactException {
        Map<List<Integer>, Integer> sharers = new HashMap<>();
        for (Scoring.Word word : words) {
            for (int length = 0; length <= word.tokens().size(); length++) {
                sharers.merge(List.copyOf(word.tokens().subList(0, length)), 1, Integer::sum);
            }
        }
        requireEnds(words, sharers);
        List<List<Integer>> longest = new ArrayList<>();
        for (Scoring.Word word : words) {
            List<Integer> shared = List.copyOf(word.tokens().subList(0, shared(word, sharers)));
            if (!shared.isEmpty() && !longest.contains(shared)) {
                longest.add(shared);
            }
        }
        longest.removeIf(path -> longest.stream().anyMatch(other -> other.size() > path.size() && begins(other, path)));
        List<List<Step>> steps = new ArrayList<>();
        for (Scoring.Word word : words) {
            steps.add(steps(word, shared(word, sharers), longest));
        }
        return new LabelTrie(
                longest.stream()
                        .map(path -> path.stream().mapToLong(Integer::longValue).toArray())
                        .toList(),
                List.copyOf(steps));
    }

    private static void requireEnds(List<Scoring.Word> words, Map<List<Integer>, Integer> sharers)
            throws BadArtefactException {
        for (Scoring.Word word : words) {
            if (sharers.getOrDefault(word.tokens(), 0) > 1) {
                throw new BadArtefactException("task.json: $.scoring.words: '" + word.text()
                        + "' is another label's word or the beginning of one, so an answer could not be told from it;"
                        + " choose words of which none begins another, or end each with the same character.");
            }
        }
    }

    /** How many first tokens it shares with another word. */
    private static int shared(Scoring.Word word, Map<List<Integer>, Integer> sharers) {
        int length = 0;
        while (sharers.getOrDefault(word.tokens().subList(0, length + 1), 0) > 1) {
            length++;
        }
        return length;
    }

    private static List<Step> steps(Scoring.Word word, int shared, List<List<Integer>> paths) {
        List<Step> steps = new ArrayList<>();
        steps.add(new Step(0, 0, word.tokens().getFirst()));
        for (int length = 1; length <= shared; length++) {
            List<Integer> behind = word.tokens().subList(0, length);
            int path = 0;
            while (!begins(paths.get(path), behind)) {
                path++;
            }
            steps.add(new Step(path + 1, length - 1, word.tokens().get(length)));
        }
        return List.copyOf(steps);
    }

    private static boolean begins(List<Integer> whole, List<Integer> beginning) {
        return whole.size() >= beginning.size()
                && whole.subList(0, beginning.size()).equals(beginning);
    }

    /** The most tokens of a path. */
    int depth() {
        return paths.stream().mapToInt(path -> path.length).max().orElse(0);
    }
}
