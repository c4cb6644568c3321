package dev.picket.agent.http;

/** A request that is not as it should be; sending it again will not help. */
final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    MalformedException(int status, String sentence) {
        super(sentence);
        this.status = status;
    }

    /** The status of the answer. */
    int status() {
        return status;
    }
}
