package dev.picket.agent.update;

/** Exact probabilities of counts. */
final class Binomial {
    private Binomial() {}

    /**
     * The probability of so many errors or more, where each of the trials is one with probability p; summed term by term,
     * in logarithms.
     *
     * @param errors 0 to trials
     * @param p 0 to 1
     */
    static double atLeast(int errors, int trials, double p) {
        if (errors <= 0 || p >= 1) {
            return 1;
        }
        if (p <= 0) {
            return 0;
        }
        double term = trials * Math.log1p(-p);
        double below = Math.exp(term);
        double above = 0;
        for (int k = 1; k <= trials; k++) {
            term += Math.log((double) (trials - k + 1) / k) + Math.log(p) - Math.log1p(-p);
            if (k < errors) {
                below += Math.exp(term);
            } else {
                above += Math.exp(term);
            }
        }
        // The smaller sum is the more exact one.
        return above < below ? above : 1 - below;
    }
}
