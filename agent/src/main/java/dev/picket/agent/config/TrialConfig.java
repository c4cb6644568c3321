package dev.picket.agent.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a Set must pass here. A release declares gates of its own; where both say something, the stricter counts.
 *
 * @param examRows the most rows that an exam may have
 * @param examWithin how long an exam may work, rests apart; one that has not ended by then is failed
 * @param examMemoryBytes what the process that examines a base may take, beside twice the base's own bytes
 * @param minAgreement the least share of exam rows with the desk's label; never below 0.98
 * @param maxMeanDifference the largest mean difference from the desk's probabilities; never above 0.02
 * @param maxLatency this gateway's own ceiling for the 95th percentile; without it only the ratio counts
 * @param maxLatencyRatio of the incumbent's latency
 * @param shadowReadings that both Sets must have answered, for each task
 * @param shadowTime how long these are waited for
 * @param maxChange the largest share of labels that may differ from the incumbent's in the shadow
 * @param tooFewForTask what becomes of a task that saw too few readings
 * @param tooFewForBase what becomes of a base that saw too few readings
 * @param maxFailures the largest share of texts that may fail, in the shadow and on probation
 * @param maxEscalationRise by how much the share of escalated texts may exceed the incumbent's on probation
 * @param minTexts fewer texts than that prove no rate
 * @param spareMemoryBytes left free where a second base is loaded beside the one that serves
 * @param baseMemoryFactor what a base needs in memory, as a multiple of its files
 * @param probation how long a new Set is watched after the switch; twice that where there was no memory for a shadow
 */
public record TrialConfig(
        @Default("2000") @Range(min = 1, max = 100_000) int examRows,
        @Default("10m") @Range(min = 100, max = 86_400_000) Duration examWithin,

        @Default("768MiB") @Range(min = 1 << 20, max = 1_099_511_627_776L)
        long examMemoryBytes,

        @Default("0.98") @Range(max = 1) double minAgreement,
        @Default("0.02") @Range(max = 1) double maxMeanDifference,
        @Nullable Duration maxLatency,
        @Default("1000") @Range(max = 1_000) double maxLatencyRatio,
        @Default("200") @Range(min = 1, max = 1_000_000) int shadowReadings,
        @Default("10m") @Range(min = 0, max = 604_800_000) Duration shadowTime,
        @Default("1") @Range(max = 1) double maxChange,
        @Default("go-on") TooFew tooFewForTask,
        @Default("hold") TooFew tooFewForBase,
        @Default("0.05") @Range(max = 1) double maxFailures,
        @Default("0.2") @Range(max = 1) double maxEscalationRise,
        @Default("20") @Range(min = 1, max = 1_000_000) int minTexts,
        @Default("128MiB") @Range(max = 1_099_511_627_776L) long spareMemoryBytes,
        @Default("2") @Range(min = 1, max = 100) double baseMemoryFactor,
        @Default("1m") @Range(min = 0, max = 86_400_000) Duration probation) {
    /** What becomes of a Set whose shadow saw too few readings to say anything. */
    public enum TooFew {
        GO_ON,
        /** The shadow goes on at the next poll, unless the channel names another Set by then. */
        HOLD
    }
}
