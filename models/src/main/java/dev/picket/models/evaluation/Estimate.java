package dev.picket.models.evaluation;

/**
 * A figure and the interval that holds 95 of 100 of its resampled values; NaN for what the rows do not say.
 */
record Estimate(double value, double low, double high) {}
