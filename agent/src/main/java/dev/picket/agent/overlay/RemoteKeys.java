package dev.picket.agent.overlay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.Fault;
import dev.picket.agent.config.Keys;
import dev.picket.agent.config.PicketConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys that {@code configure} may change: how much is kept, sent and done, and which channel is followed. Closed,
 * because each of the others would let whoever holds a command key
 *
 * <ul>
 *   <li>cut the gateway off or read along: the broker, its credentials and TLS, {@code gateway}, {@code http};
 *   <li>make texts leave, or read other files: {@code sources};
 *   <li>lose what is kept: {@code data};
 *   <li>loosen what a Set must pass, or where it comes from: {@code updates} but for its channel and its pace;
 *   <li>switch off what takes a bad change back: {@code configure}.
 * </ul>
 *
 * {@code retention.text} may be shortened below what the files say, not lengthened; see {@link Proposal}.
 */
final class RemoteKeys {
    static final String RETENTION_OF_TEXTS = "retention.text";

    static final Set<String> ALLOWED = Set.of(
            "inference.runs",
            "inference.threads-per-run",
            "inference.cache.entries",
            "inference.cache.max-bytes",
            "inference.deadline",
            "journal.max-bytes",
            "journal.when-full",
            "journal.priorities.escalation.share",
            "journal.priorities.escalation.ttl",
            "journal.priorities.escalation.rule",
            "journal.priorities.alarm.share",
            "journal.priorities.alarm.ttl",
            "journal.priorities.alarm.rule",
            "journal.priorities.notice.share",
            "journal.priorities.notice.ttl",
            "journal.priorities.notice.rule",
            "journal.priorities.routine.share",
            "journal.priorities.routine.ttl",
            "journal.priorities.routine.rule",
            "journal.commit-rows",
            "journal.commit-delay",
            "journal.sweep-every",
            RETENTION_OF_TEXTS,
            "retention.verdicts",
            "uplink.keep-alive",
            "uplink.ack-timeout",
            "uplink.retry-first",
            "uplink.retry-most",
            "uplink.window",
            "uplink.page",
            "uplink.unmarked",
            "uplink.mark-batch",
            "uplink.mark-delay",
            "uplink.report-every",
            "uplink.order",
            "uplink.wait-for-console",
            "uplink.meter.bytes-per-second",
            "uplink.meter.burst-bytes",
            "uplink.meter.bytes-per-day",
            "updates.channel",
            "updates.interval",
            "updates.bytes-per-second",
            "updates.bytes-per-day",
            "updates.windows",
            "diagnose.max-bytes",
            "diagnose.log-lines");

    private final List<String> known = Keys.of(PicketConfig.class);
    private final Set<String> forbidden = new TreeSet<>();
    private final List<Fault> unknown = new ArrayList<>();

    private RemoteKeys() {}

    /** What of a patch is none of the console's business, and what is no key or no section at all. */
    record Checked(Set<String> forbidden, List<Fault> unknown) {}

    static Checked check(ObjectNode patch) {
        RemoteKeys keys = new RemoteKeys();
        keys.walk(patch, "");
        return new Checked(keys.forbidden, keys.unknown);
    }

    /** @throws ConfigException where an overlay holds a key that is none of the console's business */
    static void refuseForbidden(ObjectNode overlay) throws ConfigException {
        Set<String> forbidden = check(overlay).forbidden();
        if (!forbidden.isEmpty()) {
            throw new ConfigException(forbidden.stream()
                    .map(key -> new Fault(key, ConfigSource.ORIGIN, "is no key that a console may change"))
                    .toList());
        }
    }

    private void walk(ObjectNode node, String prefix) {
        node.properties().forEach(field -> {
            String key = prefix + field.getKey();
            JsonNode value = field.getValue();
            if (known.contains(key)) {
                if (!ALLOWED.contains(key)) {
                    forbidden.add(key);
                }
            } else if (!isSection(key)) {
                unknown.add(new Fault(key, ConfigSource.ORIGIN, sentence(key)));
            } else if (known.stream().noneMatch(each -> each.startsWith(key + ".") && ALLOWED.contains(each))) {
                forbidden.add(key);
            } else if (value instanceof ObjectNode section) {
                walk(section, key + ".");
            } else if (!value.isNull()) {
                unknown.add(new Fault(key, ConfigSource.ORIGIN, "must be a section with keys below it"));
            }
        });
    }

    /** Lists are sections to this end: what stands below {@code sources} is said as {@code sources[].path}. */
    private boolean isSection(String key) {
        return known.stream().anyMatch(each -> each.startsWith(key + ".") || each.startsWith(key + "["));
    }

    private String sentence(String key) {
        return Keys.nearest(key, known)
                .map(near -> "there is no such key; did you mean '" + near + "'?")
                .orElse("there is no such key");
    }
}
