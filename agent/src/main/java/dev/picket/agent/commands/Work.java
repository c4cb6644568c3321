package dev.picket.agent.commands;

import java.util.function.Consumer;

/** The part of a command that takes longer than a reply may. */
@FunctionalInterface
public interface Work {
    /**
     * Orders what is to be done, where others do it. Called once the job is saved and before {@link #run}: what could not be
     * saved is not begun. Returns at once.
     */
    default void begin() {}

    /**
     * Does it, on a thread of the jobs.
     *
     * @param progress takes one sentence that says how far it is, as often as there is something to say
     * @return the reply that ends the job
     * @throws InterruptedException when the agent stops: the job stays begun, and the next start decides what becomes of
     *     it, as after a crash
     */
    Reply run(Consumer<String> progress) throws InterruptedException;
}
