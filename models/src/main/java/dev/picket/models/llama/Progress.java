package dev.picket.models.llama;

/** Told of work as it is done. */
@FunctionalInterface
public interface Progress {
    /** @param more rows quantised since the last call */
    void rows(int more);
}
