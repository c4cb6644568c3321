package dev.picket.agent.commands;

/** Does what one verb asks, within seconds. */
public interface CommandHandler {
    String verb();

    /** Whether doing it twice is as good as once; then it is done again when the agent went down in the middle. */
    boolean idempotent();

    Reply run(Request request);
}
