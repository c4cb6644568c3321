package dev.picket.agent.rollout;

import dev.picket.agent.state.SavedRollout;
import dev.picket.agent.update.UpdateLoop;
import dev.picket.agent.update.UpdateOrder;
import dev.picket.ota.Reason;
import dev.picket.ota.update.Ended;
import dev.picket.ota.update.InstallOrder;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.UpdateStatus;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The one rollout that is with the update flow. Its order is named by the rollout's id alone, so after a restart the update
 * flow knows it again: it goes on with it, or answers how it ended.
 */
final class UnderWay {
    /** What the order has come to. */
    sealed interface Standing {
        record Going() implements Standing {}

        record Ended(SavedRollout.End end) implements Standing {}

        /**
         * It cannot go on now, and is to be ordered again.
         *
         * @param begun whether the update flow keeps what it has of it
         */
        record Unavailable(String why, boolean begun) implements Standing {}
    }

    static final String SCHEDULED = "scheduled";

    private final UpdateLoop updates;
    private @Nullable String id;
    private UpdateOrder.@Nullable Rollout order;
    private String said = SCHEDULED;
    private @Nullable String saidOf;

    UnderWay(UpdateLoop updates) {
        this.updates = updates;
    }

    static String orderOf(String id) {
        return "rollout/" + id;
    }

    boolean isFree() {
        return id == null;
    }

    boolean is(String rollout) {
        return rollout.equals(id);
    }

    /** Orders it; false while the update flow has no room for it. */
    boolean begin(Rollout rollout) {
        UpdateOrder.Rollout next = new UpdateOrder.Rollout(
                new InstallOrder(orderOf(rollout.id()), Rollout.path(rollout.set()), rollout.downgrade(), false, true));
        if (!updates.order(next)) {
            return false;
        }
        id = rollout.id();
        order = next;
        return true;
    }

    /** Takes it back as far as it can be; it ends by that, or has before. */
    void withdraw(String rollout) {
        updates.withdraw(orderOf(rollout));
    }

    /** Looks at it; what has ended or cannot be now makes room for another. */
    Standing look(Rollout rollout) {
        UpdateOrder.@Nullable Rollout now = order;
        if (now == null || !now.end().isDone()) {
            return new Standing.Going();
        }
        id = null;
        order = null;
        try {
            return new Standing.Ended(end(now.end().join(), rollout));
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            boolean begun = stepOf(rollout.id()) != null;
            saidOf = begun ? saidOf : null;
            return new Standing.Unavailable(String.valueOf(cause.getMessage()), begun);
        }
    }

    /** Where it stands, as the report says it; as it stood while the update flow is at something else, or about to end. */
    String state(String rollout) {
        String now = stepOf(rollout);
        if (now != null) {
            said = now;
            saidOf = rollout;
        }
        return rollout.equals(saidOf) ? said : SCHEDULED;
    }

    private @Nullable String stepOf(String rollout) {
        UpdateStatus status = updates.status();
        return status.order().equals(orderOf(rollout)) ? stateAt(status.step()) : null;
    }

    private static SavedRollout.End end(Ended end, Rollout rollout) {
        String reason = end.reason().map(Reason::wireName).orElse("");
        boolean aborted = end.reason().equals(Optional.of(Reason.ORDERED)) && rollout.state() == Rollout.State.ABORTED;
        String state = switch (end.step()) {
            case COMMITTED -> "proved";
            case ROLLED_BACK -> "rolled-back";
            case IDLE, FETCHING, VERIFIED, STAGED, EXAM, SHADOW, SWITCHED, PROBATION, REJECTED -> "rejected";
        };
        return new SavedRollout.End(state, aborted ? "aborted" : reason, end.sentence());
    }

    private static @Nullable String stateAt(Step step) {
        return switch (step) {
            case FETCHING, VERIFIED, STAGED -> "fetching";
            case EXAM -> "examined";
            case SHADOW, SWITCHED -> "shadowing";
            // Not before it answers.
            case PROBATION -> "installed";
            case IDLE, COMMITTED, REJECTED, ROLLED_BACK -> null;
        };
    }
}
