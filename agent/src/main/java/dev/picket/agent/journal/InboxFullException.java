package dev.picket.agent.journal;

/** No more can be taken until some of what waits has its verdicts; nothing of the call was. */
public final class InboxFullException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int most;

    InboxFullException(String source, int most) {
        super("The inbox of source '" + source + "' holds " + most
                + " readings that are not judged yet, and takes no more; send again later, or raise its 'waiting'.");
        this.most = most;
    }

    /** How many may wait. */
    public int most() {
        return most;
    }
}
