package dev.picket.agent.bench;

/**
 * One benchmark's outcome.
 *
 * @param value the median of the rounds' ratios
 * @param low the lowest round
 * @param high the highest round
 * @param unit of value, low and high
 * @param measured ours, the median over the rounds, in what the benchmark says
 * @param floor the bare way's, likewise
 */
public record Result(String name, double value, double low, double high, String unit, double measured, double floor) {}
