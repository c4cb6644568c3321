package dev.picket.agent.update;

import dev.picket.agent.pulse.Pulse;
import dev.picket.agent.uplink.ReportParts;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.NotYetException;
import dev.picket.ota.update.Ended;
import dev.picket.ota.update.UpdateStatus;
import dev.picket.ota.update.Updater;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The update flow's thread: serves the installed Set first, then carries out orders and polls until it is interrupted. One
 * order of each kind may wait, and a rollback goes before an install. What is under way ends at once for the order that
 * waits, in a read of its fetch too, where {@link Updater#recall} and {@link Updater#goesNext} say so; else the order waits
 * for its end.
 */
public final class UpdateLoop implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(UpdateLoop.class);
    private static final double JITTER = 0.2;
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofDays(365);

    private final Updater updater;
    private final Duration interval;
    private final String off;
    private final Downloads downloads;
    private final Semaphore wanted = new Semaphore(0);
    private final BlockingDeque<UpdateOrder> orders = new LinkedBlockingDeque<>(3);
    private volatile String trouble = "";
    /** Until files may be fetched again, where a window or a budget says so; only this loop's thread uses it. */
    private Duration untilOpen = LONG;

    /**
     * Makes the loop; nothing runs before {@link #run}.
     *
     * @param off why nothing is polled, or empty: then the installed Set is served, and no more
     */
    UpdateLoop(Updater updater, Duration interval, String off, Downloads downloads) {
        this.updater = updater;
        this.interval = interval;
        this.off = off;
        this.downloads = downloads;
    }

    @Override
    public void run() {
        try {
            // Nothing may serve before this has worked: it does not wait a whole interval.
            Duration wait = FIRST_RETRY;
            while (!resume()) {
                await(shorter(wait, interval));
                wait = shorter(wait.multipliedBy(2), LAST_RETRY);
            }
            while (true) {
                obey();
                if (off.isEmpty()) {
                    poll();
                } else {
                    letGo();
                }
                await(shorter(interval, untilOpen));
            }
        } catch (InterruptedException _) {
            log.debug("Updates stop at {}", updater.status().step());
            Thread.currentThread().interrupt();
        } finally {
            updater.release();
        }
    }

    /** Polls as soon as it can, instead of at the next interval. */
    public void pollNow() {
        if (wanted.availablePermits() == 0) {
            wanted.release();
        }
    }

    /** What now counts as now for what is signed; see {@link Updater#now}. */
    public Instant now() {
        return updater.now();
    }

    /** Whether {@link #order} would take it now. */
    public boolean mayOrder(UpdateOrder order) {
        return orders.stream().noneMatch(each -> each.getClass() == order.getClass());
    }

    /**
     * Takes an order, to be carried out once what is under way has ended, by itself or for this order.
     *
     * @return false while another of its kind waits
     */
    public synchronized boolean order(UpdateOrder order) {
        if (!mayOrder(order)) {
            return false;
        }
        switch (order) {
            case UpdateOrder.Rollback back -> orders.addFirst(back);
            case UpdateOrder.Install install -> orders.addLast(install);
            case UpdateOrder.Rollout rollout -> orders.addLast(rollout);
        }
        tellWhatWaits();
        pollNow();
        return true;
    }

    /** The next order; what is left in the queue is told before it is carried out, so that nothing recalls it itself. */
    private synchronized @Nullable UpdateOrder next() {
        UpdateOrder order = orders.poll();
        tellWhatWaits();
        return order;
    }

    /** A rollout goes before what the channel brought, an install before what a rollout brought, too. */
    private void tellWhatWaits() {
        String back = "";
        String from = "";
        String set = "";
        boolean install = false;
        for (UpdateOrder order : orders) {
            switch (order) {
                case UpdateOrder.Rollback each -> {
                    back = each.id();
                    from = each.from();
                }
                case UpdateOrder.Install each -> {
                    set = each.order().set();
                    install = true;
                }
                case UpdateOrder.Rollout each ->
                    set = install ? set : each.order().set();
            }
        }
        updater.recall(back, from);
        updater.goesNext(set, install);
    }

    /** Why nothing new can be had; empty where it can. */
    public String off() {
        return off;
    }

    /** Why nothing at all can be installed, not even from a folder; empty where it can. */
    String distrust() {
        return downloads.distrust();
    }

    /** How that order ended; empty where it has not, or long ago. */
    public Optional<Ended> end(String order) {
        return updater.end(order);
    }

    /** Takes that order back as far as it can be; see {@link Updater#withdraw}. */
    public void withdraw(String order) {
        updater.withdraw(order);
    }

    /** Where updates stand. */
    public UpdateStatus status() {
        return updater.status();
    }

    /** How far a Set's files have come. */
    public ReportParts.Fetch fetching() {
        return downloads.now();
    }

    /** What keeps updates from working now, as one sentence; empty when nothing does. */
    public String trouble() {
        return trouble.isEmpty() ? updater.damage().orElse(off) : trouble;
    }

    private boolean resume() throws InterruptedException {
        try {
            updater.resume();
            trouble = "";
            return true;
        } catch (UnavailableException e) {
            unavailable(e);
            return false;
        } catch (RuntimeException e) {
            ours(e);
            return false;
        }
    }

    /** All that wait: an order that was left would wait a whole interval. */
    private void obey() throws InterruptedException {
        for (UpdateOrder order = next(); order != null; order = next()) {
            carryOut(order);
        }
    }

    private void carryOut(UpdateOrder order) throws InterruptedException {
        try {
            order.end()
                    .complete(
                            switch (order) {
                                case UpdateOrder.Install install -> install(install);
                                case UpdateOrder.Rollout rollout -> updater.install(rollout.order());
                                case UpdateOrder.Rollback back -> updater.rollback(back.id(), back.from());
                            });
        } catch (UnavailableException e) {
            unavailable(e);
            order.end().completeExceptionally(e);
        } catch (RuntimeException e) {
            ours(e);
            order.end().completeExceptionally(e);
        }
    }

    private Ended install(UpdateOrder.Install install) throws UnavailableException, InterruptedException {
        downloads.plug().into(install.from());
        try {
            return updater.install(install.order());
        } finally {
            downloads.plug().into(Optional.empty());
        }
    }

    /** What was being fetched when updates were switched off is wanted no longer. */
    private void letGo() throws InterruptedException {
        try {
            updater.letGo();
        } catch (UnavailableException e) {
            unavailable(e);
        }
    }

    private void poll() throws InterruptedException {
        untilOpen = LONG;
        try {
            updater.poll();
            trouble = "";
            if (updater.isDue()) {
                pollNow();
            }
        } catch (UnavailableException e) {
            unavailable(e);
        } catch (RuntimeException e) {
            ours(e);
        }
    }

    /** A file that an interrupt closed is no trouble of the disk: the agent is stopping. */
    private void unavailable(UnavailableException e) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (e instanceof NotYetException wait && wait.isOurs()) {
            // As this gateway was told to: nobody is to look into it.
            log.info("Files of an update wait: {}", e.getMessage());
            untilOpen = wait.after().plus(LAST_RETRY);
            trouble = "";
            return;
        }
        log.warn("Updates wait: {}", e.getMessage());
        trouble = String.valueOf(e.getMessage());
    }

    private void ours(RuntimeException e) {
        log.error(
                "A fault of ours in the update at {}, tried again later",
                updater.status().step(),
                e);
        trouble = "A fault of ours: " + e + ".";
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private void await(Duration time) throws InterruptedException {
        double factor = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        Duration wait = Duration.ofMillis((long) (time.toMillis() * factor));
        Pulse.rest(wait);
        boolean asked = wanted.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS);
        Pulse.beat();
        log.trace("Next poll, asked for: {}", asked);
    }
}
