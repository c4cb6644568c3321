package dev.picket.agent.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.update.Ended;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.UpdateStatus;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Takes the Set that runs back, as somebody on this machine asks for it; a trial that is under way ends at once. */
public final class Rollbacks {
    private final UpdateLoop updates;
    private final Duration within;

    /** @param within how long the end of an order is waited for */
    public Rollbacks(UpdateLoop updates, Duration within) {
        this.updates = updates;
        this.within = within;
    }

    /**
     * Orders it, and waits a little for its end.
     *
     * @param from the label of the Set to be left; null: the one that runs
     * @return empty where it has not ended yet; the order stands
     * @throws RejectedException that Set does not run, or there is none before it
     * @throws UnavailableException another such order waits, or it cannot be carried out now
     */
    public Optional<Ended> begin(@Nullable String from)
            throws RejectedException, UnavailableException, InterruptedException {
        UpdateStatus status = updates.status();
        String active =
                status.active().orElseThrow(() -> new RejectedException(Reason.MISSING, "No Set is installed here."));
        if (from != null && !from.equals(active)) {
            throw new RejectedException(Reason.MISSING, "Set " + from + " does not run here, but " + active + ".");
        }
        if (status.previous().isEmpty()) {
            throw new RejectedException(Reason.MISSING, "There is no Set before " + active + " to go back to.");
        }
        UpdateOrder.Rollback order = new UpdateOrder.Rollback("local-" + UUID.randomUUID(), active);
        if (!updates.order(order)) {
            throw new UnavailableException("Another rollback waits for the update that is under way.");
        }
        try {
            Ended end = order.end().get(within.toMillis(), TimeUnit.MILLISECONDS);
            if (end.step() != Step.ROLLED_BACK) {
                throw new RejectedException(end.reason().orElse(Reason.MISSING), end.sentence());
            }
            return Optional.of(end);
        } catch (TimeoutException _) {
            return Optional.empty();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new UnavailableException("Not now: " + cause.getMessage(), cause);
        }
    }
}
