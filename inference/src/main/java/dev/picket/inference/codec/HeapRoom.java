package dev.picket.inference.codec;

import dev.picket.inference.BadArtefactException;

/**
 * Whether the heap has room to read files that came from outside. Asked before a byte is read: running out of heap in the
 * middle would take the readings that are being judged with it.
 *
 * @param heap bytes of the whole heap; half of it is the rest of the agent's
 */
public record HeapRoom(long heap) {
    private static final int MEBI = 1 << 20;

    /** The heap of this process. */
    public static HeapRoom ofThisProcess() {
        return new HeapRoom(Runtime.getRuntime().maxMemory());
    }

    /**
     * @param what for the message
     * @param bytes on disk
     * @param times how often as much is in the heap at once while it is read
     * @throws BadArtefactException when half of the heap has not room for it
     */
    public void require(String what, long bytes, int times) throws BadArtefactException {
        if (bytes > heap / 2 / times) {
            throw new BadArtefactException(what + " has " + bytes + " bytes and takes up to " + times
                    + " times as much heap while it is read, which is more than half of the " + heap / MEBI
                    + " MiB here: start the agent with more (-Xmx).");
        }
    }
}
