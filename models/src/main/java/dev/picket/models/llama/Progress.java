package dev.picket.models.llama;

/** Told of work as it is done. */
@FunctionalInterface
public interface Progress {
    /** @param done since the last call, in what the work is counted in */
    void more(int done);
}
