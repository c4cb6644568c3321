package dev.picket.agent.update;

import java.util.function.LongSupplier;

/**
 * Whether a second base fits into memory beside the one that serves.
 *
 * @param available bytes that can be had without swapping
 * @param spareBytes left free
 * @param factor of a base's files: its weights, and what the runtime packs them into
 */
record Room(LongSupplier available, long spareBytes, double factor) {
    boolean fits(long baseBytes) {
        return available.getAsLong() - spareBytes >= factor * baseBytes;
    }
}
