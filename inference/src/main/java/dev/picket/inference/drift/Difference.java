package dev.picket.inference.drift;

/**
 * How far two samples lie apart, and how likely chance alone takes them so far.
 *
 * @param effect 0 for alike to 1 for nothing in common, whatever the samples' sizes
 * @param p the probability of such a difference between two samples of one population
 */
record Difference(double effect, double p) {
    static final Difference NONE = new Difference(0, 1);
}
