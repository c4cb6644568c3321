package dev.picket.agent.commands;

import dev.picket.agent.update.UpdateLoop;
import dev.picket.agent.update.UpdateOrder;
import dev.picket.ota.update.UpdateStatus;

/**
 * {@code rollback}: lets the Set before run again, without a repository; a Set on probation goes at once. With
 * {@code {"from": "factory/5"}} only where that one runs.
 */
public final class Rollback implements CommandHandler {
    private final UpdateLoop updates;

    public Rollback(UpdateLoop updates) {
        this.updates = updates;
    }

    @Override
    public String verb() {
        return "rollback";
    }

    /** The order's id is saved with the step, so that a second time does not go back another Set. */
    @Override
    public boolean idempotent() {
        return true;
    }

    @Override
    public Answer answer(Request request) {
        UpdateStatus status = updates.status();
        String order = Claims.idOf(request);
        String active = status.active().orElse("");
        boolean done = updates.end(order).isPresent();
        String from = request.params().path("from").asText(active);
        if (!done && !from.equals(active)) {
            return Answer.refused(
                    409, "Set " + from + " does not run here, but " + (active.isEmpty() ? "none" : active) + ".");
        }
        if (!done && status.previous().isEmpty()) {
            return Answer.refused(409, "There is no Set here to go back to.");
        }
        return UpdateJob.answer(updates, new UpdateOrder.Rollback(order, from));
    }
}
