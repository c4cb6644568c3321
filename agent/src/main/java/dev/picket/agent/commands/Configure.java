package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.Fault;
import dev.picket.agent.overlay.Overlays;
import dev.picket.agent.overlay.Proposal;
import dev.picket.agent.overlay.Stored;
import dev.picket.ota.json.StrictJson;
import java.io.IOException;

/**
 * {@code configure}: its parameters are a JSON merge patch (RFC 7396) on what the console has sent before; null gives a
 * key back to the gateway's files. The job ends when the change is kept or taken back, which is after a restart: found
 * begun there, the command knows its own change again by its id.
 */
public final class Configure implements CommandHandler {
    private final Overlays overlays;
    private final Runnable restart;

    public Configure(Overlays overlays, Runnable restart) {
        this.overlays = overlays;
        this.restart = restart;
    }

    @Override
    public String verb() {
        return "configure";
    }

    @Override
    public boolean idempotent() {
        return true;
    }

    @Override
    public Answer answer(Request request) {
        String order = Claims.idOf(request);
        if (!order.isEmpty() && order.equals(overlays.stored().order())) {
            return new Answer.Later(overlays.stored().detail(), _ -> end(overlays.awaitEnd()), true);
        }
        return switch (overlays.weigh(request.params())) {
            case Proposal.Refused refused -> new Answer.Now(reply(refused));
            case Proposal.Nothing _ -> Answer.now(200, body(overlays.stored()).put("changed", false));
            case Proposal.Fit(ObjectNode next) -> propose(next, order);
        };
    }

    private Answer propose(ObjectNode next, String order) {
        try {
            if (!overlays.propose(next, order)) {
                return Answer.refused(409, "Another change waits to be confirmed; send this one after it.");
            }
        } catch (IOException e) {
            return Answer.refused(503, "The change cannot be saved, and nothing was changed: " + e.getMessage() + ".");
        }
        return new Answer.Later(
                "saved; the agent starts again with it",
                progress -> {
                    progress.accept("the agent starts again, and keeps the change once it is connected");
                    restart.run();
                    return end(overlays.awaitEnd());
                },
                true);
    }

    private static Reply end(Stored stored) {
        return stored.phase() == Stored.Phase.KEPT
                ? Reply.of(200, body(stored).put("changed", true))
                : Reply.of(422, body(stored).put("error", "The change was taken back: " + stored.detail() + "."));
    }

    private static ObjectNode body(Stored stored) {
        ObjectNode body =
                StrictJson.object().put("configuration", stored.phase().wireName());
        body.set("overlay", stored.inForce());
        return body;
    }

    private static Reply reply(Proposal.Refused refused) {
        ObjectNode body = StrictJson.object().put("error", refused.sentence());
        if (!refused.faults().isEmpty()) {
            ArrayNode faults = body.putArray("faults");
            for (Fault each : refused.faults()) {
                faults.addObject()
                        .put("key", each.key())
                        .put("where", each.where())
                        .put("fault", each.sentence());
            }
        }
        return Reply.of(refused.status(), body);
    }
}
