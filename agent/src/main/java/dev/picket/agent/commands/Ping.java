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
    public boolean signed() {
        return false;
    }

    @Override
    public Answer answer(Request request) {
        return Answer.now(
                200,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("pong", true)
                        .put("at", clock.instant().toString()));
    }
}
