package dev.picket.sensors;

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

    /** What it met so far; may be asked from any thread. */
    SourceCounts counts();
}
