package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.update.UpdateLoop;
import dev.picket.agent.update.UpdateOrder;
import dev.picket.ota.update.InstallOrder;
import java.util.List;
import java.util.Map;

/**
 * {@code install}: {@code {"set": "factory/5"}}, with {@code "downgrade": true} where it is older than what was
 * installed, and {@code "again": true} where it failed here before. The Set still has to be signed and to pass its trial.
 */
public final class Install implements CommandHandler {
    private static final List<String> KNOWN = List.of("set", "downgrade", "again");

    private final UpdateLoop updates;

    public Install(UpdateLoop updates) {
        this.updates = updates;
    }

    @Override
    public String verb() {
        return "install";
    }

    @Override
    public boolean idempotent() {
        return true;
    }

    @Override
    public Answer answer(Request request) {
        if (!updates.off().isEmpty()) {
            return Answer.refused(409, updates.off());
        }
        try {
            return UpdateJob.answer(updates, new UpdateOrder.Install(order(request)));
        } catch (IllegalArgumentException e) {
            return Answer.refused(400, e.getMessage() + ".");
        }
    }

    private static InstallOrder order(Request request) {
        ObjectNode params = request.params();
        for (Map.Entry<String, JsonNode> each : params.properties()) {
            if (!KNOWN.contains(each.getKey())) {
                throw new IllegalArgumentException("'" + each.getKey() + "' is none of " + KNOWN);
            }
        }
        if (!params.path("set").isTextual()) {
            throw new IllegalArgumentException("'set' must name the Set, such as factory/5");
        }
        String set = params.path("set").textValue();
        return new InstallOrder(
                Claims.idOf(request),
                set.startsWith("sets/") ? set : "sets/" + set + ".json",
                flag(params, "downgrade"),
                flag(params, "again"));
    }

    private static boolean flag(ObjectNode params, String name) {
        JsonNode value = params.path(name);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw new IllegalArgumentException("'" + name + "' must be true or false");
        }
        return value.booleanValue();
    }
}
