package dev.picket.agent.service;

import dev.picket.agent.pulse.Pulse;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a service manager hears of the agent (sd_notify(3)), and nothing where there is none:
 *
 * <pre>
 *   (start) --ready--> READY=1 --restarting--> RELOADING=1 --ready--> READY=1 ...  --stopping--> STOPPING=1
 *                      STATUS= whenever it has changed, WATCHDOG=1 while no loop has stalled
 * </pre>
 */
public final class Supervision implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervision.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int MAX_STATUS_CHARS = 400;
    private static final String MORE_TIME = "EXTEND_TIMEOUT_USEC=120000000";

    private final @Nullable Consumer<String> manager;
    private final Duration feedEvery;
    private final Pulse pulse;
    private final Watchdog watchdog;
    private final LongSupplier nanos;
    private final CountDownLatch ended = new CountDownLatch(1);

    private @Nullable Supplier<String> status;
    private boolean begun;
    private String said = "";

    /**
     * Starts nothing yet.
     *
     * @param manager takes messages; null where there is none
     * @param feedEvery how often the watchdog is fed; zero where none waits for it
     * @param nanos of CLOCK_MONOTONIC
     */
    Supervision(@Nullable Consumer<String> manager, Duration feedEvery, Pulse pulse, LongSupplier nanos) {
        this.manager = manager;
        this.feedEvery = feedEvery;
        this.pulse = pulse;
        this.watchdog = new Watchdog(pulse, this::feed);
        this.nanos = nanos;
    }

    /** As the environment says, which systemd makes. */
    public static Supervision of(Map<String, String> environment) {
        // HotSpot's nanoTime is CLOCK_MONOTONIC on Linux, which is what MONOTONIC_USEC wants.
        return new Supervision(
                NotifySocket.of(environment).orElse(null),
                feedEvery(environment),
                new Pulse(System::nanoTime),
                System::nanoTime);
    }

    /** Where nobody listens. */
    public static Supervision none() {
        return new Supervision(null, Duration.ZERO, new Pulse(System::nanoTime), System::nanoTime);
    }

    /** Half of what the watchdog waits, as sd_watchdog_enabled(3) advises; zero where it is not for this process. */
    static Duration feedEvery(Map<String, String> environment) {
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        String own = Long.toString(ProcessHandle.current().pid());
        if (micros.isEmpty() || !environment.getOrDefault("WATCHDOG_PID", own).equals(own)) {
            return Duration.ZERO;
        }
        try {
            return Duration.of(Long.parseLong(micros) / 2, ChronoUnit.MICROS);
        } catch (NumberFormatException e) {
            LOG.warn("$WATCHDOG_USEC is '{}', which is no number, so the watchdog is not fed", micros);
            return Duration.ZERO;
        }
    }

    /** Whether there is a service manager, which starts a process again that has ended. */
    public boolean listens() {
        return manager != null;
    }

    /** What the loops of an agent are watched by. */
    public Pulse pulse() {
        return pulse;
    }

    /** Starts what feeds and what tells; two threads, since a status may wait for a disk and the watchdog must not. */
    public void start() {
        if (manager == null) {
            return;
        }
        if (feedEvery.isPositive()) {
            begin("picket-watchdog", feedEvery, this::look);
        }
        begin("picket-service-status", LOOK, this::tell);
    }

    /**
     * An agent runs: commands, uplink and page.
     *
     * @param now one sentence on how it does
     */
    public synchronized void ready(Supplier<String> now) {
        status = now;
        begun = true;
        if (manager != null) {
            said = line(now.get());
            say("READY=1\nSTATUS=" + said);
        }
    }

    /** The agent ends, and starts again in this process. */
    public synchronized void restarting() {
        status = null;
        said = "Starting again";
        say("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(nanos.getAsLong()) + "\nSTATUS=" + said);
    }

    /** No agent runs, though the process does. */
    public synchronized void waiting(String why) {
        status = null;
        said = line(why);
        say("STATUS=" + said);
    }

    public synchronized void stopping() {
        status = null;
        say("STOPPING=1\nSTATUS=Stopping");
    }

    @Override
    public void close() {
        ended.countDown();
    }

    /** Feeds the watchdog, where nothing has stalled. */
    void look() {
        watchdog.look();
    }

    /** Says the status again where it has changed. */
    void tell() {
        Supplier<String> asked;
        synchronized (this) {
            asked = status;
        }
        if (asked == null) {
            return;
        }
        String now = line(asked.get());
        synchronized (this) {
            if (asked.equals(status) && !now.equals(said)) {
                said = now;
                say("STATUS=" + now);
            }
        }
    }

    private void begin(String name, Duration every, Runnable look) {
        Thread.ofPlatform().name(name).daemon().start(() -> {
            try {
                while (!ended.await(every.toNanos(), TimeUnit.NANOSECONDS)) {
                    look.run();
                }
            } catch (InterruptedException e) {
                LOG.debug("{} was interrupted and ends", name);
            }
        });
    }

    /** A start that goes on, as one that salvages a journal does, asks for more time; the watchdog waits for READY itself. */
    private synchronized void feed() {
        say(begun ? "WATCHDOG=1" : MORE_TIME);
    }

    private void say(String message) {
        if (manager != null) {
            manager.accept(message);
        }
    }

    /** A message is lines, so a status is one. */
    private static String line(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= MAX_STATUS_CHARS ? line : line.substring(0, MAX_STATUS_CHARS) + "…";
    }
}
