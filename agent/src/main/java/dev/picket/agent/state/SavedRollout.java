package dev.picket.agent.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One rollout as this gateway has taken it.
 *
 * @param token the signed order of the highest revision
 * @param notAfter when it is begun no longer
 * @param begun whether it was handed to the update flow
 * @param end how it ended here; null while it has not
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
public record SavedRollout(
        String id,
        long revision,
        byte[] token,
        Instant notAfter,
        boolean begun,
        @Nullable End end) {
    /**
     * @param state as the report says it
     * @param reason why; empty where it went well
     */
    public record End(String state, String reason, String sentence) {}
}
