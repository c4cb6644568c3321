package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;

/** The parameters of a command that is not signed: one JSON object, or nothing. */
final class Params {
    private Params() {}

    static Iterable<String> names(Fields params) {
        return params.node()::fieldNames;
    }

    static Request request(String verb, byte[] payload) throws RefusedException {
        try {
            ObjectNode params = payload.length == 0
                    ? StrictJson.object()
                    : StrictJson.parse("The payload", payload).node();
            return new Request(verb, params, payload, null);
        } catch (RejectedException e) {
            throw new RefusedException(Refusal.Reason.BAD_JSON, 400, String.valueOf(e.getMessage()));
        }
    }
}
