package dev.picket.agent.line;

import java.time.Duration;

/**
 * How a line carries what it is given.
 *
 * @param latency from one end to the other and back
 * @param stall what a lost segment costs: one retransmission timeout, during which all behind it waits
 * @param lost the share of segments that are lost once, 0 to 1
 * @param upBytesPerSecond from the gateway; 0: as fast as it goes
 * @param downBytesPerSecond to the gateway; 0: as fast as it goes
 */
public record Weather(Duration latency, Duration stall, double lost, long upBytesPerSecond, long downBytesPerSecond) {
    public static final Weather CLEAR = new Weather(Duration.ZERO, Duration.ZERO, 0, 0, 0);

    /** The same things in a {@code n}-th of the time. */
    public Weather faster(int n) {
        return new Weather(
                latency.dividedBy(n), stall.dividedBy(n), lost, upBytesPerSecond * n, downBytesPerSecond * n);
    }
}
