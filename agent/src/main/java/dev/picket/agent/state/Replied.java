package dev.picket.agent.state;

import org.jspecify.annotations.Nullable;

/**
 * The replies of a command that was answered before.
 *
 * @param end what ended its job; null where there is no job, or it goes on
 */
public record Replied(Standing.Done first, @Nullable Owed end) {}
