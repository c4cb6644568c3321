package dev.picket.agent.state;

/** How far a command had come when it was delivered (again). */
public sealed interface Standing {
    /** Seen now, or seen before and never begun. */
    record Received() implements Standing {}

    /** Begun, and its end was never saved: the agent went down with it. */
    record Started() implements Standing {}

    /**
     * Answered.
     *
     * @param status like HTTP's
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
    record Done(int status, byte[] reply) implements Standing {}

    /** Its token came before, with another command. */
    record Replayed() implements Standing {}

    /**
     * Not seen before, and there is no room to remember it.
     *
     * @param what is remembered, in the plural
     */
    record NoRoom(int kept, String what) implements Standing {}
}
