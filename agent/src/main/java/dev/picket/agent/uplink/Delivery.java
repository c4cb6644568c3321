package dev.picket.agent.uplink;

/**
 * What became of one publication. Exactly one of the three is called, once, on a thread of the link: none may block.
 */
public interface Delivery {
    /** The broker has it. */
    void acknowledged();

    /** The broker answered that it does not take it, with an MQTT 5 reason code of 128 or more. */
    void refused(int reasonCode);

    /** The connection went before an answer came: the broker may have it or not. */
    void lost();
}
