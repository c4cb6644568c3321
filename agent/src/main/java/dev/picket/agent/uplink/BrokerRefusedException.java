package dev.picket.agent.uplink;

/** The broker does not take a publication, and will not take the same one again. */
public final class BrokerRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int reasonCode;

    public BrokerRefusedException(String topic, int reasonCode) {
        super("The broker refused a publication to '%s' with reason code %d".formatted(topic, reasonCode));
        this.reasonCode = reasonCode;
    }

    public int reasonCode() {
        return reasonCode;
    }
}
