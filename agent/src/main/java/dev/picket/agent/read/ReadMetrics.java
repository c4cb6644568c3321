package dev.picket.agent.read;

import dev.picket.sensors.SourceCounts;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The read flow in numbers, since its start unless said otherwise.
 *
 * @param readings readings that have their outcomes on disk
 * @param verdicts verdicts made durable, failed ones included
 * @param failed of these, FAILED ones
 * @param dropped drops made durable
 * @param commits transactions that these took
 * @param inFlight readings, now, between their source and the disk
 * @param lag age, now, of the oldest reading that has no outcome on disk; zero where none is
 * @param notAsked readings that a conditional task was not asked of, by the task
 * @param sources what each source met
 * @param lags how far each source is behind
 */
public record ReadMetrics(
        long readings,
        long verdicts,
        long failed,
        long dropped,
        long commits,
        int inFlight,
        Duration lag,
        Map<String, Long> notAsked,
        Map<String, SourceCounts> sources,
        List<SourceLag> lags) {
    public ReadMetrics {
        notAsked = Map.copyOf(notAsked);
        lags = List.copyOf(lags);
        sources = Map.copyOf(sources);
    }
}
