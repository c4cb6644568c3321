package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/** {@code diagnose}: the support bundle, as large as the gateway and the broker allow. */
public final class Diagnose implements CommandHandler {
    private final LongFunction<ObjectNode> bundle;
    private final LongSupplier maxBytes;

    /**
     * @param bundle of this many bytes at most
     * @param maxBytes what a reply may have now
     */
    public Diagnose(LongFunction<ObjectNode> bundle, LongSupplier maxBytes) {
        this.bundle = bundle;
        this.maxBytes = maxBytes;
    }

    @Override
    public String verb() {
        return "diagnose";
    }

    @Override
    public boolean idempotent() {
        return true;
    }

    @Override
    public Answer answer(Request request) {
        return Answer.now(200, bundle.apply(maxBytes.getAsLong()));
    }
}
