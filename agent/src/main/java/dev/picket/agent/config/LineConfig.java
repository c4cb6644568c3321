package dev.picket.agent.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one priority may hold of the journal: {@code journal.priorities.<name>}.
 *
 * @param share in percent of the journal's room; what others leave of theirs may be used, too
 * @param ttl how long an unsent row is worth sending; then it goes as {@code expired}
 * @param rule which rows go first when the priority is over its share
 */
public record LineConfig(
        @Nullable @Range(max = 100) Integer share,

        @Default("30d") @Range(min = 1, max = 3_650L * 86_400_000)
        Duration ttl,

        @Nullable Rule rule) {
    /** How a priority gives room. */
    public enum Rule {
        DROP_OLDEST,
        /** Every second row of the oldest goes, then every second of what is left of them, and so on. */
        THIN
    }

    LineConfig or(int otherwise, Rule otherRule) {
        return new LineConfig(share == null ? Integer.valueOf(otherwise) : share, ttl, rule == null ? otherRule : rule);
    }

    /** In percent. */
    public int percent() {
        return share == null ? 0 : share;
    }

    public boolean thins() {
        return rule == Rule.THIN;
    }
}
