package dev.picket.agent.commands;

/**
 * What one verb does. {@link #answer} is called on a thread of the command flow and has a few seconds; what takes longer
 * belongs into the {@link Work} of {@link Answer.Later}.
 */
public interface CommandHandler {
    String verb();

    /** Whether doing it twice is as good as once; then it is done again when the agent went down in the middle. */
    boolean idempotent();

    Answer answer(Request request);

    /** Whether only a signed command may order it; then {@link Request#claims} is there. */
    default boolean signed() {
        return true;
    }

    /** What is said of a command that is not idempotent when the agent went down in the middle of it. */
    default Reply afterInterruption() {
        return Reply.error(500, "interrupted: the agent went down while it ran this, and does not run it twice.");
    }
}
