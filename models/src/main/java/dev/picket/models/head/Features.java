package dev.picket.models.head;

import java.util.List;

/**
 * What a head sees of rows: a dense vector each, and a few of many sparse features.
 *
 * <p>Dense features are made to have mean 0 and deviation 1 over the rows that the scale was read from, so that one L2 fits them all.
 */
final class Features {
    private final List<float[]> dense;
    private final List<int[]> places;
    private final List<float[]> values;
    private final int sparse;

    /**
     * @param dense a vector a row, all of one length
     * @param places of each row's sparse features, from 0
     * @param values of the same
     * @param sparse how many sparse features there are
     */
    Features(List<float[]> dense, List<int[]> places, List<float[]> values, int sparse) {
        this.dense = dense;
        this.places = places;
        this.values = values;
        this.sparse = sparse;
    }

    int rows() {
        return dense.size();
    }

    int width() {
        return dense.getFirst().length;
    }

    int sparse() {
        return sparse;
    }

    /** Numbers a label has: a weight a feature, dense ones first, and a bias behind them. */
    int parameters() {
        return width() + sparse + 1;
    }

    /** Makes all dense features so many times as large. */
    void scaleDense(double times) {
        for (float[] row : dense) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) (row[i] * times);
            }
        }
    }

    /** One label's score of one row. */
    double score(int row, double[] parameters, int from) {
        float[] x = dense.get(row);
        double sum = parameters[from + width() + sparse];
        for (int i = 0; i < x.length; i++) {
            sum += parameters[from + i] * x[i];
        }
        int[] at = places.get(row);
        float[] value = values.get(row);
        for (int i = 0; i < at.length; i++) {
            sum += parameters[from + x.length + at[i]] * value[i];
        }
        return sum;
    }

    /** Adds a row's features, so many times, to one label's slope. */
    void addTo(double[] slope, int from, int row, double times) {
        float[] x = dense.get(row);
        for (int i = 0; i < x.length; i++) {
            slope[from + i] += times * x[i];
        }
        int[] at = places.get(row);
        float[] value = values.get(row);
        for (int i = 0; i < at.length; i++) {
            slope[from + x.length + at[i]] += times * value[i];
        }
        slope[from + width() + sparse] += times;
    }
}
