package dev.picket.agent.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.picket.agent.drift.TaskDrift;
import dev.picket.agent.uplink.ProviderState;
import dev.picket.agent.uplink.ReadState;
import dev.picket.agent.uplink.ReportParts;
import dev.picket.agent.uplink.TrialReport;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One look at the whole agent.
 *
 * @param agent its version
 * @param judging {@code serving} or {@code degraded(reason)}
 * @param set the Set that serves, such as {@code released/3}; null while none does
 * @param base the base's digest; null while no Set serves
 * @param tasks the tasks that are served
 * @param provider which execution provider answers
 * @param read how texts share the machine, and how far each source is behind
 * @param uplink {@code connected}, {@code away} or {@code off}
 * @param link what it carried today, and what it holds back
 * @param update where the latest update stands, as one sentence
 * @param trial the same with the figures of its trial
 * @param fetch how far a Set's files have come, and why they wait
 * @param rollouts those that concern this gateway, newest first, with their states and reasons
 * @param answers whence the answers of this start came
 * @param unsentByPriority rows waiting for the broker
 * @param dropsByReason readings dropped by a rule since the journal began
 * @param certificates those that the uplink shows or trusts, the one that ends first before the others
 * @param commands what became of the console's commands
 * @param drift how the watch over each task stands
 * @param troubles what keeps a part from its work, one sentence each; empty when all is well
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record AgentStatus(
        String agent,
        String site,
        String gateway,
        String judging,
        @Nullable String set,
        @Nullable String base,
        List<String> tasks,
        ProviderState provider,
        ReadState read,
        String uplink,
        ReportParts.Link link,
        String update,
        TrialReport trial,
        ReportParts.Fetch fetch,
        ReportParts.Rollouts rollouts,
        Figures figures,
        Answers answers,
        Map<String, Long> unsentByPriority,
        Map<String, Long> dropsByReason,
        List<Certificate> certificates,
        Commands commands,
        List<TaskDrift> drift,
        List<String> troubles) {
    /**
     * Commands of this start.
     *
     * @param answered replies, by {@code verb status}
     * @param refused those that were not run, by reason
     * @param feedback verdicts that somebody gave a right label
     */
    public record Commands(Map<String, Long> answered, Map<String, Long> refused, long feedback) {
        public static final Commands NONE = new Commands(Map.of(), Map.of(), 0);
    }

    /**
     * Whence answers came.
     *
     * @param main runs of the base
     * @param firstStage runs of a first stage that was sure
     * @param cached texts that had their answer before
     * @param cacheEntries answers that are remembered now
     * @param cacheBytes what they take, about
     * @param notAsked readings that a conditional task was not asked of, by the task
     */
    @JsonInclude(JsonInclude.Include.ALWAYS) // empty maps are maps for the command line
    public record Answers(
            long main, long firstStage, long cached, int cacheEntries, long cacheBytes, Map<String, Long> notAsked) {
        /** The share of all answers that came from the cache, 0 to 1; 0 before the first. */
        public double hitRate() {
            long all = main + firstStage + cached;
            return all == 0 ? 0 : (double) cached / all;
        }
    }

    /**
     * A certificate of the uplink.
     *
     * @param role {@code client} or {@code authority}
     * @param notAfter the instant at which it ends, ISO 8601
     */
    public record Certificate(String role, String subject, String notAfter) {}

    /**
     * The figures that the page shows first.
     *
     * @param readings read since this start
     * @param verdicts made durable since this start, failed ones included
     * @param escalated verdicts of this start that a person should see
     * @param unsent rows waiting for the broker
     * @param acknowledged rows acknowledged by the broker since the journal began
     * @param p50Millis median time to classify the latest texts, milliseconds
     * @param lagMillis age of the oldest reading that is not on disk yet, milliseconds
     */
    public record Figures(
            long readings,
            long verdicts,
            long escalated,
            long unsent,
            long acknowledged,
            double p50Millis,
            long lagMillis) {}
}
