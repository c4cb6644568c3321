package dev.picket.agent.overlay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.Fault;
import dev.picket.agent.config.PicketConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What a patch from the console comes to: the rules, over files that are read and nothing that is written. */
public sealed interface Proposal {
    /** To be tried. */
    record Fit(ObjectNode overlay) implements Proposal {}

    /** What is in force already. */
    record Nothing() implements Proposal {}

    /**
     * Not to be tried.
     *
     * @param status like HTTP's
     */
    record Refused(int status, String sentence, List<Fault> faults) implements Proposal {
        public Refused {
            faults = List.copyOf(faults);
        }
    }

    /** What becomes of the overlay in force under a patch. */
    static Proposal of(ConfigSource source, ObjectNode inForce, ObjectNode patch) {
        RemoteKeys.Checked checked = RemoteKeys.check(patch);
        if (!checked.forbidden().isEmpty()) {
            return new Refused(
                    403,
                    "The console may not change " + String.join(", ", checked.forbidden()) + "; it may change "
                            + String.join(", ", new TreeSet<>(RemoteKeys.ALLOWED)) + ".",
                    List.of());
        }
        PicketConfig own;
        try {
            own = source.own();
        } catch (ConfigException e) {
            return new Refused(
                    409,
                    "The gateway's own configuration cannot be used now, mend it first: " + e.getMessage(),
                    List.of());
        }
        ObjectNode next = (ObjectNode) MergePatch.apply(inForce, patch);
        return bound(source, own, inForce, next, checked.unknown());
    }

    private static Proposal bound(
            ConfigSource source, PicketConfig own, ObjectNode inForce, ObjectNode next, List<Fault> unknown) {
        PicketConfig config;
        try {
            config = source.with(next);
        } catch (ConfigException e) {
            return faulty(unknown, e.faults());
        }
        if (!unknown.isEmpty()) {
            return faulty(unknown, List.of());
        }
        String text = "/retention/text";
        // One that became too long since it was taken is in the way of nothing: it is not in force.
        if (!next.at(text).equals(inForce.at(text))
                && config.retention().text().compareTo(own.retention().text()) > 0) {
            return new Refused(
                    403,
                    "The console may shorten retention.text, and not lengthen it above what the gateway says.",
                    List.of());
        }
        return overruled(source, inForce, next);
    }

    /** A change that the environment overrules would be said to be kept, and do nothing. */
    private static Proposal overruled(ConfigSource source, ObjectNode inForce, ObjectNode next) {
        if (next.equals(inForce)) {
            return new Nothing();
        }
        for (String key : RemoteKeys.ALLOWED) {
            String pointer = "/" + key.replace('.', '/');
            if (!next.at(pointer).equals(inForce.at(pointer))
                    && source.variable(key).isPresent()) {
                return new Refused(
                        409,
                        "The environment of the agent says " + key + " by "
                                + source.variable(key).orElseThrow() + ", which wins over what the console sends.",
                        List.of());
            }
        }
        return new Fit(next);
    }

    private static Refused faulty(List<Fault> unknown, List<Fault> bound) {
        Map<String, Fault> byKey = new LinkedHashMap<>();
        bound.forEach(each -> byKey.put(each.key() + each.sentence(), each));
        unknown.stream()
                .filter(each -> bound.stream().noneMatch(other -> other.key().equals(each.key())))
                .forEach(each -> byKey.put(each.key() + each.sentence(), each));
        List<Fault> all = List.copyOf(byKey.values());
        return new Refused(400, "The configuration would have " + all.size() + " faults; nothing is changed.", all);
    }
}
