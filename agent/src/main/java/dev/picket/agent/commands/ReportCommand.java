package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** {@code report}: says the retained report again, though nothing has changed and it is not yet time. */
public final class ReportCommand implements CommandHandler {
    private final Runnable sayAgain;

    public ReportCommand(Runnable sayAgain) {
        this.sayAgain = sayAgain;
    }

    @Override
    public String verb() {
        return "report";
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
        sayAgain.run();
        return Answer.now(200, JsonNodeFactory.instance.objectNode().put("said", true));
    }
}
