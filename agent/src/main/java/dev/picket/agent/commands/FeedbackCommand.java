package dev.picket.agent.commands;

import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.state.Feedback;
import dev.picket.agent.state.FeedbackRows;
import dev.picket.agent.state.StateUnavailableException;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * {@code feedback}: what a person says that a verdict should have been. Parameters: {@code id} (of the verdict),
 * {@code label} (one of its task's), {@code author}. Kept in state.db; the last word on a verdict stands.
 */
public final class FeedbackCommand implements CommandHandler {
    private static final int MAX_ID = 128;
    private static final int MAX_LABEL = 128;
    private static final int MAX_AUTHOR = 128;

    private final Journal journal;
    private final FeedbackRows feedback;
    private final InstantSource clock;

    public FeedbackCommand(Journal journal, FeedbackRows feedback, InstantSource clock) {
        this.journal = journal;
        this.feedback = feedback;
        this.clock = clock;
    }

    @Override
    public String verb() {
        return "feedback";
    }

    @Override
    public boolean idempotent() {
        return true;
    }

    @Override
    public Answer answer(Request request) {
        try {
            Fields params = new Fields("params", request.params());
            String author = params.text("author", MAX_AUTHOR);
            String label = params.text("label", MAX_LABEL);
            if (author.isBlank()) {
                throw params.fault("author", "1 to " + MAX_AUTHOR + " characters long");
            }
            String id = params.text("id", MAX_ID);
            VerdictId verdict = VerdictId.parse(id)
                    .orElseThrow(() -> params.fault("id", "a verdict's: its epoch, priority and seq"));
            return keep(id, verdict, label, author);
        } catch (RejectedException e) {
            return Answer.refused(400, String.valueOf(e.getMessage()));
        } catch (JournalUnavailableException | StateUnavailableException e) {
            return Answer.refused(503, "The feedback is not kept: " + e.getMessage());
        }
    }

    private Answer keep(String id, VerdictId verdict, String label, String author)
            throws JournalUnavailableException, StateUnavailableException {
        if (!verdict.epoch().equals(journal.epoch())) {
            return Answer.refused(
                    404, "No verdict here has the epoch %s; it is %s.".formatted(verdict.epoch(), journal.epoch()));
        }
        Optional<PendingVerdict> held = journal.find(verdict.priority(), verdict.seq());
        if (held.isEmpty()) {
            return Answer.refused(410, "The verdict %s is not held here, or no longer.".formatted(id));
        }
        List<String> labels = held.get().verdict().labels();
        if (!labels.contains(label)) {
            return Answer.refused(400, "The label must be one of the verdict's own, %s.".formatted(labels));
        }
        if (!feedback.put(new Feedback(id, label, author, clock.instant()))) {
            return Answer.refused(507, "There is no room for more feedback on this gateway.");
        }
        return Answer.now(200, StrictJson.object().put("id", id).put("label", label));
    }
}
