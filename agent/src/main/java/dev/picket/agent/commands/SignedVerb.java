package dev.picket.agent.commands;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A signed verb that this agent has no handler for yet. */
public final class SignedVerb implements CommandHandler {
    private static final List<String> VERBS =
            List.of("configure", "diagnose", "feedback", "install", "pause", "resend", "restart", "resume", "rollback");

    private final String verb;

    private SignedVerb(String verb) {
        this.verb = verb;
    }

    /** One for each verb that none of the handlers has. */
    public static List<CommandHandler> besides(Collection<CommandHandler> handlers) {
        Set<String> there = handlers.stream().map(CommandHandler::verb).collect(Collectors.toUnmodifiableSet());
        return VERBS.stream()
                .filter(verb -> !there.contains(verb))
                .<CommandHandler>map(SignedVerb::new)
                .toList();
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
    public Answer answer(Request request) {
        return Answer.refused(501, "This agent does not know how to '%s' yet.".formatted(verb));
    }
}
