package dev.picket.agent.commands;

import java.util.List;
import java.util.Map;
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

    Reply run(Request request) {
        CommandHandler handler = handlers.get(request.verb());
        if (handler == null) {
            return Reply.error(
                    404, "There is no verb '%s'; there are %s.".formatted(request.verb(), handlers.keySet()));
        }
        return handler.run(request);
    }

    /** Whether the verb may be run again when nobody knows whether it was; an unknown one has no effect at all. */
    boolean idempotent(String verb) {
        CommandHandler handler = handlers.get(verb);
        return handler == null || handler.idempotent();
    }
}
