package dev.picket.agent.rollout;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** Rollouts of tests. */
final class Orders {
    static final String SET = "factory/2";

    private Orders() {}

    /** For every gateway of the site, now. */
    static Rollout active(String id, long revision) {
        return at(id, revision, Rollout.State.ACTIVE, Instant.now().plus(Duration.ofDays(1)));
    }

    static Rollout at(String id, long revision, Rollout.State state, Instant notAfter) {
        return new Rollout(
                id, revision, SET, Set.of(), 100, state, null, Instant.ofEpochSecond(notAfter.getEpochSecond()), false);
    }

    static ObjectNode claims(Rollout rollout, Instant issued) {
        return new Claims("plant/*", Instant.ofEpochSecond(issued.getEpochSecond()), rollout).toJson();
    }
}
