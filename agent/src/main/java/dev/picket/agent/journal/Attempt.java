package dev.picket.agent.journal;

/**
 * How often judging was begun with a source's low-water mark at a reading.
 *
 * @param count 1 or more
 */
public record Attempt(String readingId, int count) {}
