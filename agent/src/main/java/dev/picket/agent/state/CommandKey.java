package dev.picket.agent.state;

import java.util.Arrays;
import java.util.HexFormat;

/** What makes two deliveries one command: where its reply goes, and the correlation data. */
@SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared below
public record CommandKey(String responseTopic, byte[] correlation) {
    public CommandKey {
        correlation = correlation.clone();
    }

    @Override
    public byte[] correlation() {
        return correlation.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CommandKey(String topic, byte[] data)
                && topic.equals(responseTopic)
                && Arrays.equals(data, correlation);
    }

    @Override
    public int hashCode() {
        return 31 * responseTopic.hashCode() + Arrays.hashCode(correlation);
    }

    @Override
    public String toString() {
        return responseTopic + " " + HexFormat.of().formatHex(correlation);
    }
}
