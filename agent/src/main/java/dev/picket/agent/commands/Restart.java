package dev.picket.agent.commands;

import dev.picket.ota.json.StrictJson;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** {@code restart}: an orderly stop and a start with the configuration read anew. Found begun after a start, it is done. */
public final class Restart implements CommandHandler {
    private final Supplier<String> fault;
    private final Runnable restart;

    /**
     * @param fault why the agent could not start again as things are; empty where it could
     * @param restart returns at once
     */
    public Restart(Supplier<String> fault, Runnable restart) {
        this.fault = fault;
        this.restart = restart;
    }

    @Override
    public String verb() {
        return "restart";
    }

    @Override
    public boolean idempotent() {
        return false;
    }

    @Override
    public Answer answer(Request request) {
        String why = fault.get();
        if (!why.isEmpty()) {
            return Answer.refused(409, "Not restarted, since the agent could not start again: " + why + ".");
        }
        return new Answer.Later("the agent stops and starts again", _ -> {
            restart.run();
            // The stop interrupts this; what is said of it is said by the next start.
            new Semaphore(0).acquire();
            return afterInterruption();
        });
    }

    @Override
    public Reply afterInterruption() {
        return Reply.of(200, StrictJson.object().put("restarted", true));
    }
}
