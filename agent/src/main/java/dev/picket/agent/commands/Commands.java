package dev.picket.agent.commands;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The handlers by their verbs. */
public final class Commands {
    private final Map<String, CommandHandler> handlers = new TreeMap<>();

    public Commands(List<CommandHandler> handlers) {
        for (CommandHandler handler : handlers) {
            if (this.handlers.put(handler.verb(), handler) != null) {
                throw new IllegalArgumentException("Two handlers for the verb '" + handler.verb() + "'");
            }
        }
    }

    /** The handler of the verb, empty for an unknown one. */
    Optional<CommandHandler> handler(String verb) {
        return Optional.ofNullable(handlers.get(verb));
    }

    Set<String> verbs() {
        return handlers.keySet();
    }
}
