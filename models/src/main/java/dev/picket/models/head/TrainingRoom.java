package dev.picket.models.head;

import dev.picket.inference.BadArtefactException;
import dev.picket.models.task.LabelledText;
import java.util.List;

/**
 * Whether the heap has room to train a head. Asked before the base reads a text, which takes long.
 *
 * @param heap bytes of the whole heap; half of it is the rows' own and everything else's
 */
record TrainingRoom(long heap) {
    private static final int MEBI = 1 << 20;
    /** A place and a value; of n-grams of 3 and 4 characters and of words there are up to five for two characters. */
    private static final int BYTES_A_CHARACTER = 8 * 5 / 2;
    /** Vectors as long as all parameters: L-BFGS's ten pairs, where it stands and goes, the heads that may still be taken. */
    private static final int VECTORS = 32;

    /** The heap of this process. */
    static TrainingRoom ofThisProcess() {
        return new TrainingRoom(Runtime.getRuntime().maxMemory());
    }

    /**
     * Refuses what does not fit.
     *
     * @param rows to train on and to choose by
     * @param hidden numbers of a hidden state
     * @param ngrams the most that are kept; 0 for none
     */
    void require(List<LabelledText> rows, int hidden, int labels, int ngrams) throws BadArtefactException {
        long characters = ngrams == 0
                ? 0
                : rows.stream()
                        .mapToLong(row -> Math.min(row.text().length(), Ngrams.SHAPE.maxTextCharacters()))
                        .sum();
        long states = (long) rows.size() * hidden * Float.BYTES;
        long sparse = characters * BYTES_A_CHARACTER;
        long fit = (long) VECTORS * Double.BYTES * labels * (hidden + ngrams + 1L);
        if (states + sparse + fit > heap / 2) {
            throw new BadArtefactException("Training this head takes " + inMebi(states + sparse + fit) + " MiB ("
                    + inMebi(states) + " for the hidden states of " + rows.size() + " rows, " + inMebi(sparse)
                    + " for their n-grams, " + inMebi(fit) + " to fit " + labels + " labels), more than half of the "
                    + heap / MEBI + " MiB of heap here: give fewer rows or a lower --ngrams.");
        }
    }

    private static long inMebi(long bytes) {
        return (bytes + MEBI - 1) / MEBI;
    }
}
