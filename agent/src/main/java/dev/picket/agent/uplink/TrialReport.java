package dev.picket.agent.uplink;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where an update and its trial stand, with the figures that were measured.
 *
 * @param step of the update, {@code idle} to {@code rolled-back}
 * @param set that is on its way or on trial; null while none is
 * @param installed the Set that is switched to; null before the first
 * @param proved whether that one has passed its probation
 * @param previous those that are kept to go back to, newest first
 * @param findings of the trial that runs, or of the last one, one a part
 * @param watchLeftMillis of the probation, as it was saved last; null where there is none
 * @param ended how the last update ended; null before the first
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record TrialReport(
        String step,
        @Nullable String set,
        @Nullable String installed,
        boolean proved,
        List<String> previous,
        List<Part> findings,
        @Nullable Long watchLeftMillis,
        @Nullable End ended) {
    /** As it is before the first update. */
    public static final TrialReport NONE = new TrialReport("idle", null, null, false, List.of(), List.of(), null, null);

    public TrialReport {
        previous = List.copyOf(previous);
        findings = List.copyOf(findings);
    }

    /**
     * What one part found.
     *
     * @param part {@code exam}, {@code shadow} or {@code probation}
     * @param result {@code passed}, {@code failed}, {@code skipped}, {@code skipped-memory}, {@code inconclusive} or
     *     {@code held}
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Part(String part, String result, String sentence, List<Measured> figures) {
        public Part {
            figures = List.copyOf(figures);
        }
    }

    /**
     * Figures by name.
     *
     * @param of the task; empty for the Set as a whole
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Measured(String of, Map<String, Double> values) {}

    /**
     * How an update ended.
     *
     * @param set empty when what was offered could not be trusted to name one
     * @param step {@code committed}, {@code rejected} or {@code rolled-back}
     * @param reason null for {@code committed}
     * @param at ISO 8601
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record End(String set, String step, @Nullable String reason, String sentence, String at) {}
}
