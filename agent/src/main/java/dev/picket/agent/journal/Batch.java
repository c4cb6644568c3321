package dev.picket.agent.journal;

import java.util.List;
import java.util.Map;

/**
 * What is made durable together.
 *
 * @param settled outcomes of readings that the positions pass
 * @param ahead outcomes of readings above their source's position, because one before them has none yet
 * @param caughtUp readings that lay ahead in an earlier batch, and that the positions pass now
 * @param positions source -> where it goes on; never twice the same, since that is how a repeated batch is known
 */
public record Batch(
        List<Outcome> settled,
        List<Outcome> ahead,
        List<Place> caughtUp,
        Map<String, String> positions,
        Map<String, Attempt> attempts) {
    /** A reading. */
    public record Place(String source, String readingId) {}

    public Batch {
        settled = List.copyOf(settled);
        ahead = List.copyOf(ahead);
        caughtUp = List.copyOf(caughtUp);
        positions = Map.copyOf(positions);
        attempts = Map.copyOf(attempts);
    }
}
