package dev.picket.agent.uplink;

/** Hears from one connection. Its methods run on the link's threads and must not block. */
public interface ConnectionListener {
    void arrived(Incoming message);

    /** The connection is over, and not by our own doing; called at most once. */
    void lost(Ending ending);
}
