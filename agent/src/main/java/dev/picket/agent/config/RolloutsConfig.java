package dev.picket.agent.config;

import java.time.Duration;
import java.util.List;

/**
 * Which rollouts of the console this gateway takes.
 *
 * @param take whether it takes any
 * @param groups the groups that it belongs to; a rollout for groups is taken by a gateway of any of them
 * @param spread over how long the gateways of a rollout begin, so that not all ask the repository at once
 * @param most how many are remembered; one that may still be begun is never forgotten for another
 */
public record RolloutsConfig(
        @Default("true") boolean take,
        List<String> groups,
        @Default("1m") @Range(max = 86_400_000) Duration spread,
        @Default("64") @Range(min = 1, max = 1_000) int most) {
    public RolloutsConfig {
        groups = List.copyOf(groups);
        groups.forEach(each -> TopicName.checked("a group", each));
    }
}
