package dev.picket.sensors;

/** Where a source hands its readings. */
@FunctionalInterface
public interface Sink {
    /**
     * Takes one reading, in the order of the source; waits while there is no room.
     *
     * @param reading the reading
     * @param after the position, opaque to the caller, from which the source continues once this reading and all before
     *     it have their outcomes on disk
     * @throws InterruptedException when the source is to stop
     */
    void accept(Reading reading, String after) throws InterruptedException;
}
