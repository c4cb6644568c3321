package dev.picket.agent.kill;

/** What befalls the broker, and how it comes back. */
interface Fault {
    /** While the agent stands still. */
    void strike() throws Exception;

    /** When the agent has noticed. */
    void heal(Life agent) throws Exception;
}
