package dev.picket.agent.journal;

/**
 * A reading that gets no verdict by a rule, and is counted.
 *
 * @param reason one or two words: {@code empty}, {@code sampled}, {@code skipped}
 */
public record Drop(String source, String readingId, String task, String reason) implements Outcome {}
