package dev.picket.agent.commands;

import java.util.function.Consumer;

/** The part of a command that takes longer than a reply may. */
@FunctionalInterface
public interface Work {
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
