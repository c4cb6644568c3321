package dev.picket.agent;

import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.overlay.ConfigSource;
import dev.picket.agent.overlay.Overlays;
import dev.picket.agent.pulse.Pulse;
import dev.picket.agent.service.Supervision;
import dev.picket.ota.update.UpdateStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Agents one after the other in one process, until it is told to stop: {@code restart} and {@code configure} end one in
 * good order and begin the next with the configuration read anew. So a restart needs no service manager, and is the same
 * under systemd and in a terminal. Where an agent does not end in time the process goes instead, and is started again by
 * whoever keeps it.
 *
 * <p>It also decides over a configuration that waits to be confirmed; see {@link Overlays}.
 */
public final class AgentLoop {
    private static final Logger LOG = LoggerFactory.getLogger(AgentLoop.class);
    private static final Duration LOOK = Duration.ofMillis(100);

    private enum End {
        STOP,
        RESTART
    }

    private final ConfigSource source;
    private final Consumer<UpdateStatus> onUpdate;
    private final Supervision supervision;
    private final Consumer<AgentContext> onReady;
    private final Duration endWithin;
    private final Runnable onHang;
    private final StartAgain again;
    private final BlockingQueue<End> wanted = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    /**
     * @param supervision hears how agents come and go
     * @param onReady told of each agent once it runs
     * @param endWithin how long an agent may take to end
     * @param onHang what is done where it takes longer
     * @param again how a start that fails is tried again
     */
    public AgentLoop(
            ConfigSource source,
            Consumer<UpdateStatus> onUpdate,
            Supervision supervision,
            Consumer<AgentContext> onReady,
            Duration endWithin,
            Runnable onHang,
            StartAgain again) {
        this.source = source;
        this.onUpdate = onUpdate;
        this.supervision = supervision;
        this.onReady = onReady;
        this.endWithin = endWithin;
        this.onHang = onHang;
        this.again = again;
    }

    /** Ends {@link #run} on SIGTERM or Ctrl-C, and keeps the process alive until all is closed. */
    public void stopOnSignal() {
        boolean taken = StopSignals.call(this::stop);
        LOG.debug("Signals are taken: {}", taken);
        // For all else that ends the process.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stop();
                            try {
                                ended.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "picket-stop"));
    }

    public void stop() {
        wanted.add(End.STOP);
    }

    /** Runs agents until {@link #stop}. */
    public void run() throws ConfigException, StartFailedException, InterruptedException {
        try {
            supervision.start();
            while (next() == End.RESTART) {
                LOG.info("The agent starts again");
            }
        } finally {
            supervision.close();
            ended.countDown();
        }
    }

    /**
     * Once an agent has run, or where a service manager has started this process for one that failed, what keeps the next agent from
     * it is waited for: whoever changes a file, or makes room, finds in log and status what is wrong, and need not start anything
     * afterwards.
     */
    private End next() throws ConfigException, StartFailedException, InterruptedException {
        try {
            return once();
        } catch (StartFailedException | ConfigException e) {
            if (!again.within()) {
                throw e;
            }
            Duration pause = again.next();
            LOG.error("The agent does not start, the next try follows in {} s: {}", pause.toSeconds(), e.getMessage());
            supervision.waiting("Does not start: " + e.getMessage());
            return Objects.requireNonNullElse(wanted.poll(pause.toMillis(), TimeUnit.MILLISECONDS), End.RESTART);
        }
    }

    private End once() throws ConfigException, StartFailedException, InterruptedException {
        PicketConfig own = source.own();
        if (supervision.listens()) {
            again.look(own.data().runtime());
        }
        try (DataLock _ = DataLock.take(own.data().directory())) {
            Overlays overlays = Overlays.begin(source, own, Clock.systemUTC());
            return runWith(overlays);
        } catch (StartFailedException e) {
            if (e.family() == StartFailedException.Family.UNAVAILABLE && supervision.listens() && !again.within()) {
                again.failed(own.data().runtime());
            }
            throw e;
        }
    }

    private End runWith(Overlays overlays) throws StartFailedException, InterruptedException {
        Host host = new Host(overlays, supervision.pulse(), () -> wanted.add(End.RESTART));
        AgentContext context;
        try (Pulse.Once _ = supervision.pulse().once("start", Silences.START)) {
            context = start(overlays, host);
        }
        if (context == null) {
            return End.RESTART;
        }
        again.ready();
        End end = End.STOP;
        Thread watch = null;
        try {
            onReady.accept(context);
            supervision.ready(context.agent().status()::sentence);
            end = await(context, overlays);
            return end;
        } finally {
            ends(end);
            watch = watchTheEnd();
            context.close();
            watch.interrupt();
            // What asked twice asked for one restart.
            wanted.removeIf(each -> each == End.RESTART);
        }
    }

    /** Null where the agent does not start with what the console has sent, which is taken back then. */
    private @Nullable AgentContext start(Overlays overlays, Host host) throws StartFailedException {
        try {
            return AgentContext.start(overlays.config(), onUpdate, host);
        } catch (StartFailedException e) {
            if (!overlays.pending()) {
                throw e;
            }
            overlays.giveBack("the agent does not start with it: " + e.getMessage());
            return null;
        }
    }

    private End await(AgentContext context, Overlays overlays) throws InterruptedException {
        Duration confirm = overlays.config().configure().confirm();
        long began = System.nanoTime();
        while (overlays.pending() || !overlays.settle()) {
            End end = wanted.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            if (end != null) {
                return end;
            }
            if (overlays.pending() && context.agent().connected()) {
                overlays.keep();
            } else if (overlays.pending() && System.nanoTime() - began >= confirm.toNanos()) {
                overlays.giveBack("the agent was not connected with it within " + confirm.toSeconds() + " seconds");
                return End.RESTART;
            }
        }
        return wanted.take();
    }

    private void ends(End end) {
        switch (end) {
            case STOP -> supervision.stopping();
            case RESTART -> supervision.restarting();
        }
    }

    private Thread watchTheEnd() {
        return Thread.ofPlatform().name("picket-end-watch").daemon().start(() -> {
            try {
                TimeUnit.NANOSECONDS.sleep(endWithin.toNanos());
                LOG.error("The agent has not ended within {} seconds; the process goes", endWithin.toSeconds());
                onHang.run();
            } catch (InterruptedException e) {
                LOG.debug("The agent has ended in time");
            }
        });
    }
}
