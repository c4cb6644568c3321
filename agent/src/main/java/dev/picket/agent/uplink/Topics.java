package dev.picket.agent.uplink;

import dev.picket.agent.config.GatewayConfig;
import dev.picket.agent.config.TopicName;
import java.util.List;

/** The topics of one gateway, all under {@code picket/v1/{site}/{gateway}}; names in them are checked ({@link TopicName}). */
public final class Topics {
    /** What all topics begin with. */
    public static final String ROOT = "picket/v1/";

    public static final String REPLY_PREFIX = ROOT + "console/reply/";

    /** Where a console says that it is there. */
    public static final String CONSOLE_STATUS = ROOT + "console/status";

    private static final String ROLLOUT = "/rollout/";

    private final String site;
    private final String root;

    public Topics(GatewayConfig gateway) {
        this.site = ROOT + gateway.site();
        this.root = site + "/" + gateway.name();
    }

    public String root() {
        return root;
    }

    public String verdict(String source) {
        return root + "/verdict/" + TopicName.checked("source", source);
    }

    public String escalation(String source) {
        return root + "/escalation/" + TopicName.checked("source", source);
    }

    public String dropped() {
        return root + "/dropped";
    }

    public String status() {
        return root + "/status";
    }

    public String report() {
        return root + "/report";
    }

    /** What the gateway subscribes to for its commands: those to itself, and those to all of its site. */
    public List<String> commandFilters() {
        return List.of(root + "/command/+", site + "/all/command/+");
    }

    /** What the gateway subscribes to for the rollouts of its site. */
    public String rolloutFilter() {
        return site + ROLLOUT + "+";
    }

    /** Where a site's rollout is retained. */
    public static String rolloutOf(String site, String id) {
        return ROOT + site + ROLLOUT + id;
    }

    /** The id of a rollout's topic, the empty string for any other topic. */
    public String rollout(String topic) {
        String start = site + ROLLOUT;
        return topic.startsWith(start) ? topic.substring(start.length()) : "";
    }

    /** The verb of a command topic, the empty string for any other topic. */
    public String verb(String topic) {
        for (String start : List.of(root + "/command/", site + "/all/command/")) {
            if (topic.startsWith(start)) {
                return topic.substring(start.length());
            }
        }
        return "";
    }
}
