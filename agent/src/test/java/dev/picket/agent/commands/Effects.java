package dev.picket.agent.commands;

import dev.picket.ota.json.StrictJson;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * A signed verb whose effects are counted. With the parameter {@code later} it is a job, with {@code begun} one whose work
 * is ordered already, with {@code elsewhere} one whose work another part does once it is ordered, with {@code slow} its answer takes until {@link #release}, and with {@code fail} it throws.
 */
final class Effects implements CommandHandler {
    private final boolean idempotent;
    final List<String> done = new CopyOnWriteArrayList<>();
    final List<String> ordered = new CopyOnWriteArrayList<>();
    final CountDownLatch begun = new CountDownLatch(1);
    final Semaphore released = new Semaphore(0);

    Effects(boolean idempotent) {
        this.idempotent = idempotent;
    }

    void release() {
        released.release();
    }

    @Override
    public String verb() {
        return "effect";
    }

    @Override
    public boolean idempotent() {
        return idempotent;
    }

    @Override
    public Answer answer(Request request) {
        if (request.params().has("fail")) {
            throw new IllegalStateException("told to fail");
        }
        String id = request.claims() == null ? "" : request.claims().id();
        if (request.params().has("later")) {
            return new Answer.Later("waits", progress -> {
                progress.accept("has begun");
                begun.countDown();
                released.acquire();
                return effect(id);
            });
        }
        if (request.params().has("begun")) {
            return new Answer.Later("ordered", _ -> effect(id), true);
        }
        if (request.params().has("elsewhere")) {
            return new Answer.Later("waits", new Elsewhere(id));
        }
        if (request.params().has("slow")) {
            begun.countDown();
            released.acquireUninterruptibly();
        }
        return new Answer.Now(effect(id));
    }

    private final class Elsewhere implements Work {
        private final String id;

        Elsewhere(String id) {
            this.id = id;
        }

        @Override
        public void begin() {
            ordered.add(id);
        }

        @Override
        public Reply run(Consumer<String> progress) {
            return effect(id);
        }
    }

    private Reply effect(String id) {
        done.add(id);
        return Reply.of(200, StrictJson.object().put("effect", done.size()));
    }
}
