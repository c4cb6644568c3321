package dev.picket.agent.update;

import dev.picket.agent.config.UpdatesConfig;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.update.Ended;
import dev.picket.ota.update.UpdateStatus;
import dev.picket.ota.update.Updater;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the repository now and then, on one thread, and lets the {@link Updater} carry what it finds to its end. */
public final class UpdateLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(UpdateLoop.class);
    private static final double JITTER = 0.1;

    private final Updater updater;
    private final UpdatesConfig config;
    private final boolean polls;
    private final RandomGenerator random;
    private final Semaphore wake = new Semaphore(0);
    private volatile String trouble;
    private volatile boolean resumed;

    /**
     * @param off why no update is looked for; empty where one is
     */
    public UpdateLoop(Updater updater, UpdatesConfig config, String off, RandomGenerator random) {
        this.updater = updater;
        this.config = config;
        this.polls = off.isEmpty();
        this.trouble = off;
        this.random = random;
    }

    @Override
    public void run() {
        try {
            resume();
            while (polls) {
                poll();
                if (wake.tryAcquire(pause().toMillis(), TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("The update loop was told to stop");
        } catch (RuntimeException e) {
            trouble = "Updates have stopped by a fault of the agent (" + e + "); restart the agent.";
            LOG.error(trouble, e);
        }
    }

    /** Asks at once instead of at the next interval. */
    public void askNow() {
        wake.release();
    }

    /** Why updates do not work now, one sentence; empty when they do. */
    public String trouble() {
        return trouble;
    }

    /** Whether the Set that was active before the start has been loaded, or there was none. */
    public boolean resumed() {
        return resumed;
    }

    /** Where the latest update stands, as one sentence. */
    public String sentence() {
        UpdateStatus status = updater.status();
        if (status.candidate().isPresent()) {
            return status.candidate().get() + ": " + status.step().wireName();
        }
        return status.last().map(UpdateLoop::sentence).orElse(polls ? "none yet" : "off");
    }

    /** {@code sets/factory/3 proved}, or why not. */
    private static String sentence(Ended last) {
        return last.set() + ": " + last.step().wireName()
                + last.reason()
                        .map(reason -> "(" + reason.wireName() + ") " + last.sentence())
                        .orElse("");
    }

    private void resume() throws InterruptedException {
        try {
            updater.resume();
        } catch (RejectedException e) {
            trouble = "The installed Set cannot be loaded: " + e.getMessage();
            LOG.error(trouble);
        } catch (UnavailableException e) {
            trouble = String.valueOf(e.getMessage());
            LOG.warn("The interrupted update cannot go on now: {}", e.getMessage());
        }
        resumed = true;
    }

    private void poll() throws InterruptedException {
        try {
            updater.poll();
            trouble = "";
        } catch (UnavailableException e) {
            trouble = "Updates cannot be looked for now: " + e.getMessage();
            LOG.warn(
                    "{} The next try follows within {} s",
                    trouble,
                    config.interval().toSeconds());
        }
    }

    /** The interval, spread so that a fleet does not ask all at once. */
    private Duration pause() {
        double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
        return Duration.ofMillis(Math.round(config.interval().toMillis() * factor));
    }
}
