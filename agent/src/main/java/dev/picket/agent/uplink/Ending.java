package dev.picket.agent.uplink;

/**
 * How a connection ended.
 *
 * @param reasonCode of the broker's DISCONNECT; 0 where it sent none
 */
public record Ending(String cause, int reasonCode) {
    /** Another client has connected with the same identifier. */
    static final int TAKEN_OVER = 142;

    boolean takenOver() {
        return reasonCode == TAKEN_OVER;
    }
}
