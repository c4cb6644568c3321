package dev.picket.agent.journal;

/**
 * How often judging was begun at a source's position.
 *
 * @param position where the source stood, empty before its first reading
 * @param count 1 or more
 */
public record Attempt(String position, int count) {}
