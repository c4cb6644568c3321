package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Clock;

/** {@code ping}: says that the gateway is there, and what time it takes it to be. */
public final class Ping implements CommandHandler {
    private final Clock clock;

    public Ping(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String verb() {
        return "ping";
    }

    @Override
    public boolean idempotent() {
        return true;
    }

    @Override
    public Reply run(Request request) {
        return Reply.of(
                200,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("pong", true)
                        .put("at", clock.instant().toString()));
    }
}
