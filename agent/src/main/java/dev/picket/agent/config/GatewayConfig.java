package dev.picket.agent.config;

/**
 * Which gateway this is; both names stand in every topic, so they are names in the sense of {@link TopicName}.
 *
 * @param site the place that the gateway belongs to
 * @param name the gateway's own name, unique within its site
 */
public record GatewayConfig(
        @Default("site") String site, @Default("gateway") String name) {
    public GatewayConfig {
        TopicName.checked("the site", site);
        TopicName.checked("the gateway's name", name);
    }
}
