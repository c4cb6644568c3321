package dev.picket.inference.codec;

import dev.picket.inference.BadArtefactException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a base answered to some token ids where it was made, so that every load can ask it again.
 *
 * @param tokens the ids, in one run without a past
 * @param output {@code logits} or {@code hidden}
 * @param width numbers in the output's row
 * @param norm the row's Euclidean length
 * @param values numbers of the row at the places {@code i * width / count}, rounded
 * @param tolerance the largest difference of a value, as a share of the row's root mean square
 */
public record Golden(
        List<Integer> tokens, String output, int width, double norm, List<Double> values, double tolerance) {
    private static final int MAX_CASES = 16;
    private static final int MAX_TOKENS = 4096;
    private static final int MAX_VALUES = 256;
    private static final int MAX_WIDTH = 1 << 24;
    private static final double MAX_NUMBER = 1e30;

    public Golden {
        tokens = List.copyOf(tokens);
        values = List.copyOf(values);
    }

    static List<Golden> parse(Fields top, String key) throws BadArtefactException {
        List<Golden> cases = new ArrayList<>();
        if (top.has(key)) {
            for (Fields each : top.objects(key, MAX_CASES)) {
                cases.add(one(each));
            }
        }
        return cases;
    }

    private static Golden one(Fields fields) throws BadArtefactException {
        Golden golden = new Golden(
                fields.integers("tokens", MAX_TOKENS, 0, MAX_WIDTH),
                fields.text("output", 16, o -> o.equals("logits") || o.equals("hidden"), "'logits' or 'hidden'"),
                fields.integer("width", 1, MAX_WIDTH),
                fields.number("norm", 0, MAX_NUMBER),
                fields.numbers("values", MAX_VALUES, -MAX_NUMBER, MAX_NUMBER),
                fields.number("tolerance", 0, 1));
        if (golden.tokens.isEmpty() || golden.values.isEmpty() || golden.values.size() > golden.width) {
            throw fields.fault("values", "must be one to width numbers for one or more tokens");
        }
        fields.end();
        return golden;
    }
}
