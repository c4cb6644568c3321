package dev.picket.sensors;

import java.time.Instant;
import java.util.Optional;

/** Where readings come from: a file that is followed, standard input. */
public interface Source {
    /** The configured name, 1 to 64 bytes. */
    String name();

    /**
     * Reads until the source ends or the thread is interrupted. Troubles that pass (a file that is not there yet) are
     * waited out and told through {@link #trouble()}.
     *
     * @param sink takes each reading
     * @throws InterruptedException when told to stop
     */
    void run(Sink sink) throws InterruptedException;

    /** What keeps the source from reading now, as one sentence; empty when nothing does. */
    String trouble();

    /**
     * Since when the oldest reading waits that was not handed on yet, at the latest; the one that the sink is just taking
     * counts as not handed on. Empty where none waits, or the source cannot know. May be asked from any thread.
     */
    default Optional<Instant> waitingSince() {
        return Optional.empty();
    }

    /** What it met so far; may be asked from any thread. */
    SourceCounts counts();
}
