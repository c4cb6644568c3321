package dev.picket.agent.uplink;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.picket.agent.drift.TaskDrift;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the report says of the parts beside the read flow.
 *
 * @param paused whether the console has paused judging
 * @param jobs commands that take longer than a reply may, newest first
 * @param link what the metered link has carried, and what it holds back
 * @param fetch how far a Set's files have come, and why they wait
 * @param certificates those that the uplink shows or trusts, the one that ends first before the others
 * @param configuration where the configuration that the console sent stands
 * @param rollouts those that concern this gateway
 * @param drift how the watch over each task stands
 * @param provider which execution provider answers
 * @param troubles what keeps a part from its work, one sentence each
 */
public record ReportParts(
        boolean paused,
        List<Job> jobs,
        Link link,
        Fetch fetch,
        List<Certificate> certificates,
        Configuration configuration,
        Rollouts rollouts,
        List<TaskDrift> drift,
        ProviderState provider,
        List<String> troubles) {
    /** As it is while nothing is said. */
    public static final ReportParts NONE = new ReportParts(
            false,
            List.of(),
            new Link("", 0, null),
            Fetch.NOTHING,
            List.of(),
            new Configuration("none", null),
            Rollouts.NONE,
            List.of(),
            ProviderState.NONE,
            List.of());

    public ReportParts {
        jobs = List.copyOf(jobs);
        certificates = List.copyOf(certificates);
        drift = List.copyOf(drift);
        troubles = List.copyOf(troubles);
    }

    /**
     * @param state {@code running}, {@code done} or {@code failed}
     * @param progress one sentence
     */
    public record Job(String id, String verb, String state, String progress) {}

    /**
     * @param takes whether this gateway takes rollouts
     * @param groups those that it belongs to
     * @param list newest first
     * @param refused how many were refused since the start, by reason
     */
    @JsonInclude(JsonInclude.Include.ALWAYS) // empty lists are lists for page and command line
    public record Rollouts(boolean takes, Set<String> groups, List<Rollout> list, Map<String, Long> refused) {
        public static final Rollouts NONE = new Rollouts(false, Set.of(), List.of(), Map.of());

        public Rollouts {
            groups = Set.copyOf(groups);
            list = List.copyOf(list);
            refused = Map.copyOf(refused);
        }
    }

    /**
     * @param set the Set's label
     * @param state {@code scheduled}, {@code fetching}, {@code examined}, {@code shadowing}, {@code installed},
     *     {@code proved}, {@code rejected}, {@code rolled-back} or {@code timed-out}
     * @param reason of a rejection or a rollback; empty otherwise
     * @param sentence what was found, or what it waits for; empty where there is nothing to say
     */
    public record Rollout(String id, long revision, String set, String state, String reason, String sentence) {
        /** All states, in the order in which a rollout comes by them. */
        public static final List<String> STATES = List.of(
                "scheduled",
                "fetching",
                "examined",
                "shadowing",
                "installed",
                "proved",
                "rejected",
                "rolled-back",
                "timed-out");
    }

    /**
     * @param heldBack why rows wait though the broker is there, one sentence; empty when none do
     * @param bytesToday packets sent since midnight UTC
     * @param bytesPerDay the budget; null: none
     */
    @JsonInclude(JsonInclude.Include.ALWAYS) // an empty sentence says that nothing is held back
    public record Link(
            String heldBack, long bytesToday, @Nullable Long bytesPerDay) {
        private static final int STEPS_A_DAY = 20;
        private static final long STEP_BYTES = 1L << 20;

        /** The count in steps: to the byte, each report would be a reason for the next. */
        Link coarse() {
            long step = bytesPerDay == null ? STEP_BYTES : Math.max(1, bytesPerDay / STEPS_A_DAY);
            return new Link(heldBack, bytesToday / step * step, bytesPerDay);
        }
    }

    /**
     * A Set's files on their way.
     *
     * @param set its label; empty while none is fetched
     * @param bytes that are here, of {@code total}
     * @param place where they come from: a host, a folder
     * @param waits why nothing comes now, one sentence; empty while it does
     * @param thrownAway downloads since this start whose bytes did not verify
     * @param overTheAir bytes that came from web servers since this start, metadata included
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Fetch(
            String set,
            long bytes,
            long total,
            long bytesPerSecond,
            String place,
            String waits,
            long thrownAway,
            long overTheAir) {
        public static final Fetch NOTHING = new Fetch("", 0, 0, 0, "", "", 0, 0);
        private static final int STEPS = 20;
        private static final long STEP_BYTES = 1L << 20;

        /** In steps: to the byte, each report would be a reason for the next. */
        Fetch coarse() {
            long step = Math.max(1, total / STEPS);
            return new Fetch(
                    set,
                    bytes == total ? total : bytes / step * step,
                    total,
                    Long.highestOneBit(bytesPerSecond),
                    place,
                    waits,
                    thrownAway,
                    overTheAir / STEP_BYTES * STEP_BYTES);
        }
    }

    /**
     * @param role {@code client} or {@code authority}
     * @param notAfter when it ends
     */
    public record Certificate(String role, String subject, Instant notAfter) {}

    /**
     * @param state {@code none}, {@code pending}, {@code kept}, {@code returned} or {@code set-aside}
     * @param detail one sentence
     */
    public record Configuration(String state, @Nullable String detail) {}
}
