package dev.picket.agent.read;

import dev.picket.agent.config.SourceConfig.WhenBehind;
import java.time.Duration;

/**
 * What a source does when its readings are judged too late.
 *
 * @param after the age from which a reading is late when its turn comes
 */
public record Behind(WhenBehind rule, Duration after) {
    /** Each is judged, however late. */
    public static final Behind WAIT = new Behind(WhenBehind.WAIT, Duration.ofMinutes(1));
}
