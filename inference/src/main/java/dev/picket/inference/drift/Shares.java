package dev.picket.inference.drift;

/**
 * How some texts fall into parts: labels, or a signal's bins in their order.
 *
 * @param parts summing to 1; all 0 where there are no texts
 * @param texts how many they are; of a weighted mixture, how many unweighted ones would say as much
 */
@SuppressWarnings("ArrayRecordComponent") // made for one comparison, never compared as a record
record Shares(double[] parts, double texts) {
    static Shares of(int[] counts) {
        double sum = 0;
        for (int count : counts) {
            sum += count;
        }
        double[] parts = new double[counts.length];
        for (int i = 0; sum > 0 && i < parts.length; i++) {
            parts[i] = counts[i] / sum;
        }
        return new Shares(parts, sum);
    }
}
