package dev.picket.agent.state;

/**
 * What a metered link has carried.
 *
 * @param day days since 1970 UTC
 * @param bytes published on it; never less than it was
 */
public record Metered(long day, long bytes) {}
