package dev.picket.agent.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.rollout.Rollout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the gateways of a site report of one rollout; no I/O. */
public final class RolloutBoard {
    /** Its state where a gateway is meant by its place and says nothing: away, of another group, or not that far. */
    public static final String SILENT = "silent";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROVED = "proved";
    private static final Set<String> ENDED = Set.of(PROVED, "rejected", "rolled-back", "timed-out");

    /** What one gateway says. */
    public record Entry(String gateway, long revision, String state, String reason, String sentence) {
        public boolean isEnded() {
            return ENDED.contains(state);
        }

        public boolean isProved() {
            return state.equals(PROVED);
        }

        /** Whether it took the Set, and it was no good; not what the console itself ended. */
        public boolean isFailed() {
            return isEnded()
                    && !isProved()
                    && !state.equals("timed-out")
                    && !Set.of("aborted", "done").contains(reason);
        }
    }

    private final String id;
    private final Map<String, Entry> entries = new TreeMap<>();
    /** By gateway, of those whose report says it. */
    private final Map<String, Membership> memberships = new HashMap<>();

    private record Membership(boolean takes, Set<String> groups) {
        boolean isOf(Set<String> meant) {
            return takes && (meant.isEmpty() || !Collections.disjoint(meant, groups));
        }
    }

    public RolloutBoard(String id) {
        this.id = id;
    }

    /**
     * Takes a report.
     *
     * @param topic {@code picket/v1/{site}/{gateway}/report}
     * @return whether it says another thing than the one before
     */
    public boolean hear(String topic, byte[] report) {
        String[] names = topic.split("/", -1);
        if (names.length != 5 || report.length == 0) {
            return false;
        }
        Entry now = entry(names[3], report);
        Membership member = membership(report);
        if (member != null) {
            memberships.put(names[3], member);
        }
        return !now.equals(entries.put(names[3], now));
    }

    /** Every gateway that the rollout means, by name, as far as its report tells its groups; of another one that has it, too. */
    public List<Entry> entries(Rollout rollout) {
        List<Entry> meant = new ArrayList<>();
        for (Entry each : entries.values()) {
            if (!each.state().equals(SILENT) || isMeant(rollout, each.gateway())) {
                meant.add(each);
            }
        }
        return meant;
    }

    /** How many, by state. */
    public Map<String, Integer> counts(Rollout rollout) {
        Map<String, Integer> counts = new TreeMap<>();
        entries(rollout).forEach(each -> counts.merge(each.state(), 1, Integer::sum));
        return counts;
    }

    /** How many gateways of the site report at all, meant or not. */
    public int heard() {
        return entries.size();
    }

    /** How many found the Set no good. */
    public long failed(Rollout rollout) {
        return entries(rollout).stream().filter(Entry::isFailed).count();
    }

    /**
     * Whether every gateway has ended, of this revision. Of a rollout for groups those that do not tell theirs count once they say
     * something.
     */
    public boolean isOver(Rollout rollout) {
        List<Entry> meant = entries(rollout);
        boolean begins = rollout.state() == Rollout.State.ACTIVE;
        meant.removeIf(each -> each.state().equals(SILENT)
                && !(begins && (rollout.groups().isEmpty() || memberships.containsKey(each.gateway()))));
        boolean mayBeNone = rollout.state() == Rollout.State.ABORTED;
        return (mayBeNone || !meant.isEmpty())
                && meant.stream().allMatch(each -> each.isEnded() && each.revision() >= rollout.revision());
    }

    private boolean isMeant(Rollout rollout, String gateway) {
        Membership member = memberships.get(gateway);
        return rollout.reaches(gateway) && (member == null || member.isOf(rollout.groups()));
    }

    private static @Nullable Membership membership(byte[] report) {
        try {
            JsonNode json = JSON.readTree(report);
            if (!json.path("groups").isArray()) {
                return null;
            }
            Set<String> groups = new HashSet<>();
            json.path("groups").forEach(each -> groups.add(each.asText()));
            return new Membership(json.path("takesRollouts").asBoolean(true), groups);
        } catch (IOException _) {
            // No report of ours.
            return null;
        }
    }

    private Entry entry(String gateway, byte[] report) {
        try {
            for (JsonNode each : JSON.readTree(report).path("rollouts")) {
                if (each.path("id").asText().equals(id)) {
                    return new Entry(
                            gateway,
                            each.path("revision").asLong(),
                            each.path("state").asText(),
                            each.path("reason").asText(),
                            each.path("sentence").asText());
                }
            }
        } catch (IOException _) {
            // No report of ours.
        }
        return new Entry(gateway, 0, SILENT, "", "");
    }
}
