package dev.picket.agent.update;

import dev.picket.inference.engine.EngineOptions;
import java.time.Duration;
import java.util.Optional;

/**
 * How a Set is tried here.
 *
 * @param examRows the most rows that an exam may have
 * @param minAgreement the least share of rows with the desk's label; a release may ask for more
 * @param maxMeanDifference the largest mean difference of probability; a release may allow less
 * @param latencyRows the most rows asked of both Sets in turns
 * @param latencyRounds how often a latency over its limit is measured again before it counts
 * @param maxLatency this gateway's own ceiling for the 95th percentile
 * @param probation how long a new Set is watched
 * @param probationStep how often it is looked at meanwhile
 * @param probationMaxFailures the largest share of texts that may fail
 * @param probationMinTexts fewer texts than that prove no failure rate
 */
record TrialSettings(
        EngineOptions engine,
        int examRows,
        double minAgreement,
        double maxMeanDifference,
        int latencyRows,
        int latencyRounds,
        Optional<Duration> maxLatency,
        Duration probation,
        Duration probationStep,
        double probationMaxFailures,
        long probationMinTexts) {}
