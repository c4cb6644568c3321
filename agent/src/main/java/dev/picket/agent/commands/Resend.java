package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.uplink.Resending;
import dev.picket.inference.Priority;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.util.function.Consumer;

/**
 * {@code resend}: sends rows again that the journal still holds, with their ids. Parameters: {@code epoch},
 * {@code priority}, {@code from}, {@code to} (both included). A job; it ends with 200, or with 410 and the ranges that
 * are no longer held, when those that are have been sent.
 */
public final class Resend implements CommandHandler {
    private static final long MOST_ROWS = 1_000_000;
    private static final int MAX_NAME = 64;

    private final Resending resending;
    private final String epoch;

    /** @param epoch the journal's */
    public Resend(Resending resending, String epoch) {
        this.resending = resending;
        this.epoch = epoch;
    }

    @Override
    public String verb() {
        return "resend";
    }

    @Override
    public boolean idempotent() {
        return true;
    }

    @Override
    public Answer answer(Request request) {
        try {
            Fields params = new Fields("params", request.params());
            String asked = params.text("epoch", MAX_NAME);
            Priority priority = VerdictId.priority(params.text("priority", MAX_NAME))
                    .orElseThrow(() -> params.fault("priority", "escalation, alarm, notice or routine"));
            long from = params.number("from", 1, Long.MAX_VALUE);
            long to = params.number("to", from, Long.MAX_VALUE);
            if (to - from >= MOST_ROWS) {
                throw params.fault("to", "at most " + MOST_ROWS + " rows from 'from'");
            }
            if (!asked.equals(epoch)) {
                return Answer.refused(409, "The epoch here is %s, and %s is asked for.".formatted(epoch, asked));
            }
            String progress = "%s %d to %d wait to be sent".formatted(priority.wireName(), from, to);
            return new Answer.Later(progress, said -> send(priority, from, to, said));
        } catch (RejectedException e) {
            return Answer.refused(400, String.valueOf(e.getMessage()));
        }
    }

    private Reply send(Priority priority, long from, long to, Consumer<String> progress) throws InterruptedException {
        try {
            Resending.Sent sent = resending.send(priority, from, to, progress);
            ObjectNode body = StrictJson.object().put("sent", sent.rows()).put("missing", sent.missingRows());
            if (sent.refusedBecause() != 0) {
                return Reply.of(
                        502,
                        body.put("error", "The broker refuses rows with reason code " + sent.refusedBecause() + "."));
            }
            if (sent.missing().isEmpty()) {
                return Reply.of(200, body);
            }
            ArrayNode ranges = body.put("error", "Not all of these rows are held here any more.")
                    .putArray("gone");
            sent.missing()
                    .forEach(each -> ranges.addObject().put("from", each.from()).put("to", each.to()));
            return Reply.of(410, body);
        } catch (JournalUnavailableException e) {
            return Reply.error(503, "The journal cannot be read: " + e.getMessage());
        }
    }
}
