package dev.picket.models.llama;

import dev.picket.inference.BadArtefactException;
import java.io.IOException;

/**
 * Reads matrices some rows at a time, which bounds the memory whatever a checkpoint's size: never more values at once than
 * were allowed, but one row at least.
 */
final class RowBlocks {
    private final Checkpoint checkpoint;
    private final int valuesAtOnce;
    private final Progress progress;

    RowBlocks(Checkpoint checkpoint, int valuesAtOnce, Progress progress) {
        this.checkpoint = checkpoint;
        this.valuesAtOnce = valuesAtOnce;
        this.progress = progress;
    }

    /** Takes one block after the other, from the first row to the last. */
    @FunctionalInterface
    interface Taker {
        /** @param values rows times the matrix's columns */
        void take(float[] values, int firstRow, int rows) throws IOException;
    }

    void read(Matrix matrix, Taker taker) throws IOException, BadArtefactException {
        int most = rowsAtOnce(matrix);
        for (int row = 0; row < matrix.rows(); row += most) {
            int rows = Math.min(most, matrix.rows() - row);
            taker.take(
                    checkpoint.floats(matrix.tensor(), (long) row * matrix.columns(), rows * matrix.columns()),
                    row,
                    rows);
            progress.more(rows);
        }
    }

    /** Rows of the biggest block. */
    int rowsAtOnce(Matrix matrix) {
        return Math.clamp(valuesAtOnce / matrix.columns(), 1, matrix.rows());
    }
}
