package dev.picket.agent.commands;

import dev.picket.agent.uplink.Report;
import dev.picket.agent.uplink.ReportJson;
import java.util.function.Supplier;

/** {@code status}: the reported state as it is now, however long ago the retained report was. */
public final class StatusCommand implements CommandHandler {
    private final Supplier<Report> state;

    public StatusCommand(Supplier<Report> state) {
        this.state = state;
    }

    @Override
    public String verb() {
        return "status";
    }

    @Override
    public boolean idempotent() {
        return true;
    }

    @Override
    public boolean signed() {
        return false;
    }

    @Override
    public Answer answer(Request request) {
        return new Answer.Now(new Reply(200, ReportJson.bytes(state.get())));
    }
}
