package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.StrictJson;

/** The parameters of a command that is not signed: one JSON object, or nothing. */
final class Params {
    private Params() {}

    static ObjectNode of(byte[] payload) throws RejectedException {
        return payload.length == 0
                ? StrictJson.object()
                : StrictJson.parse("The payload", payload).node();
    }
}
