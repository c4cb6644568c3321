package dev.picket.agent.uplink;

import dev.picket.inference.Priority;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's reported state, as the retained {@code report} carries it. The wiring fills it.
 *
 * @param configDigest SHA-256 of the configuration in force
 * @param set the Set that serves, null while none does
 * @param update where an update stands, null while there is none
 * @param trial where an update and its trial stand, with figures
 * @param judging {@code serving}, or {@code degraded(reason)}
 * @param queued rows not yet acknowledged by the broker, per priority
 * @param ackedThrough the last seq up to which the broker has acknowledged all, per priority
 * @param drops readings and rows dropped, by reason
 * @param lagMillis how old the oldest reading or row is that waits to be sent; 0 when none does
 * @param read how texts share the machine, and how far each source is behind
 * @param answers which stage gave them, and the cache
 * @param more what other parts have to say
 */
public record Report(
        String agent,
        @Nullable String configDigest,
        @Nullable String set,
        @Nullable String update,
        TrialReport trial,
        String judging,
        Map<Priority, Long> queued,
        Map<Priority, Long> ackedThrough,
        Map<String, Long> drops,
        long lagMillis,
        ReadState read,
        AnswerShares answers,
        ReportParts more) {
    public Report {
        queued = Map.copyOf(queued);
        ackedThrough = Map.copyOf(ackedThrough);
        drops = Map.copyOf(drops);
    }

    /** One of a gateway that reads nothing. */
    public Report(
            String agent,
            @Nullable String configDigest,
            @Nullable String set,
            @Nullable String update,
            TrialReport trial,
            String judging,
            Map<Priority, Long> queued,
            Map<Priority, Long> ackedThrough,
            Map<String, Long> drops,
            long lagMillis,
            ReportParts more) {
        this(
                agent,
                configDigest,
                set,
                update,
                trial,
                judging,
                queued,
                ackedThrough,
                drops,
                lagMillis,
                ReadState.NONE,
                AnswerShares.NONE,
                more);
    }
}
