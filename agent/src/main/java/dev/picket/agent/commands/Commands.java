package dev.picket.agent.commands;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Gives each command to the handler of its verb. */
public final class Commands {
    private final Map<String, CommandHandler> handlers = new TreeMap<>();

    public Commands(List<CommandHandler> handlers) {
        for (CommandHandler handler : handlers) {
            if (this.handlers.put(handler.verb(), handler) != null) {
                throw new IllegalArgumentException("Two handlers for the verb '" + handler.verb() + "'");
            }
        }
    }

    Answer answer(Request request) {
        CommandHandler handler = handlers.get(request.verb());
        if (handler == null) {
            return Answer.refused(
                    404, "There is no verb '%s'; there are %s.".formatted(request.verb(), handlers.keySet()));
        }
        if (handler.signed() && request.claims() == null) {
            return Answer.refused(501, "This agent takes no signed commands yet.");
        }
        return handler.answer(request);
    }

    /** The handler of the verb, empty for an unknown one. */
    Optional<CommandHandler> handler(String verb) {
        return Optional.ofNullable(handlers.get(verb));
    }
}
