package dev.picket.agent.uplink;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How reading and judging go.
 *
 * @param schedule how texts share the machine; null while no Set serves
 * @param sources how far each is behind, in the order of the configuration
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ReadState(@Nullable Schedule schedule, List<Source> sources) {
    public static final ReadState NONE = new ReadState(null, List.of());

    /**
     * @param origin {@code configured}, {@code measured} or {@code rule}
     * @param tried what was measured, the fastest first
     */
    public record Schedule(int runs, int threadsPerRun, String origin, List<Tried> tried) {
        public Schedule {
            tried = List.copyOf(tried);
        }
    }

    /** A measured candidate. */
    public record Tried(int runs, int threadsPerRun, double textsPerSecond) {}

    /**
     * @param lagMillis age of the oldest reading that has no outcome on disk, as far as the source can know
     * @param behind what is done about it now; empty when nothing is
     */
    public record Source(String name, long lagMillis, String behind) {}

    public ReadState {
        sources = List.copyOf(sources);
    }

    /** What a report needs of it: whole seconds of lag, so that small changes make no new report. */
    ReadState coarse() {
        return new ReadState(
                schedule,
                sources.stream()
                        .map(each -> new Source(each.name(), each.lagMillis() / 1_000 * 1_000, each.behind()))
                        .toList());
    }
}
