package dev.picket.agent.commands;

import java.util.List;

/** A verb that only a signed command may order. This agent checks no signatures yet, so it takes none. */
public final class SignedVerb implements CommandHandler {
    private static final List<String> VERBS = List.of("configure", "install", "resend", "restart", "rollback");

    private final String verb;

    private SignedVerb(String verb) {
        this.verb = verb;
    }

    /** One handler for each. */
    public static List<CommandHandler> all() {
        return VERBS.stream().<CommandHandler>map(SignedVerb::new).toList();
    }

    @Override
    public String verb() {
        return verb;
    }

    @Override
    public boolean idempotent() {
        return true;
    }

    @Override
    public Reply run(Request request) {
        return Reply.error(
                501, "The verb '%s' must be signed, and this agent takes no signed commands yet.".formatted(verb));
    }
}
