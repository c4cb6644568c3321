package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.update.UpdateLoop;
import dev.picket.agent.update.UpdateOrder;
import dev.picket.ota.Reason;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.update.Ended;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.UpdateStatus;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** An order that the update flow carries out, as a job: its progress is where the update stands. */
final class UpdateJob implements Work {
    private static final long LOOK_MILLIS = 200;
    /** What the console can settle with another order. */
    private static final Set<Reason> CONFLICTS = Set.of(Reason.OLDER, Reason.FAILED_BEFORE);

    private static final Reply BUSY = Reply.error(
            409, "Another order of this kind waits for the update that is under way; send this one after it.");

    private final UpdateLoop updates;
    private final UpdateOrder order;
    private volatile boolean ordered;

    private UpdateJob(UpdateLoop updates, UpdateOrder order) {
        this.updates = updates;
        this.order = order;
    }

    static Answer answer(UpdateLoop updates, UpdateOrder order) {
        return updates.mayOrder(order)
                ? new Answer.Later(progress(updates.status()), new UpdateJob(updates, order))
                : new Answer.Now(BUSY);
    }

    /** After the job is saved: an order that was answered with 503 must not be carried out. */
    @Override
    public void begin() {
        ordered = updates.order(order);
    }

    @Override
    public Reply run(Consumer<String> progress) throws InterruptedException {
        if (!ordered) {
            return BUSY;
        }
        String said = "";
        while (true) {
            try {
                return reply(order, order.end().get(LOOK_MILLIS, TimeUnit.MILLISECONDS));
            } catch (TimeoutException _) {
                String now = progress(updates.status());
                if (!now.equals(said)) {
                    progress.accept(now);
                    said = now;
                }
            } catch (ExecutionException e) {
                Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
                return Reply.error(503, "Not now: " + cause.getMessage());
            }
        }
    }

    private static String progress(UpdateStatus status) {
        String set = status.candidate().or(status::active).orElse("no Set");
        return status.step() == Step.FETCHING
                ? set + ": fetching, " + status.fetchedBytes() + " bytes are there"
                : set + ": " + status.step().wireName();
    }

    /** 200 where what was ordered runs now, 409 where it was not begun, 422 where it was and came to nothing. */
    private static Reply reply(UpdateOrder order, Ended end) {
        ObjectNode body = StrictJson.object()
                .put("set", end.set())
                .put("step", end.step().wireName())
                .put("sentence", end.sentence());
        end.reason().ifPresent(reason -> body.put("reason", reason.wireName()));
        boolean done = switch (order) {
            case UpdateOrder.Install _, UpdateOrder.Rollout _ -> end.step() == Step.COMMITTED;
            case UpdateOrder.Rollback _ -> end.step() == Step.ROLLED_BACK;
        };
        if (done) {
            return Reply.of(200, body);
        }
        boolean begun = end.reason().filter(each -> !CONFLICTS.contains(each)).isPresent();
        return Reply.of(begun ? 422 : 409, body.put("error", end.sentence()));
    }
}
