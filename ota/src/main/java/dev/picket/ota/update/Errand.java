package dev.picket.ota.update;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work over the network on a thread of its own. It is a virtual one, because only there an interrupt ends whatever waits,
 * a read from a socket too; so {@link #cut} ends the work within one read, however slow or silent the server is.
 */
final class Errand<T> implements AutoCloseable {
    private final FutureTask<T> task;
    private final Thread thread;
    private volatile boolean cut;

    /** What is to be done. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws RejectedException, UnavailableException, IOException, InterruptedException;
    }

    private Errand(Work<T> work) {
        this.task = new FutureTask<>(work::run);
        this.thread = Thread.ofVirtual().name("picket-update-errand").unstarted(task);
    }

    static <T> Errand<T> begin(Work<T> work) {
        Errand<T> errand = new Errand<>(work);
        errand.thread.start();
        return errand;
    }

    /** Ends it because something else is wanted, from any thread; what it was at stays as a kill would leave it. */
    void cut() {
        cut = true;
        thread.interrupt();
    }

    boolean wasCut() {
        return cut;
    }

    boolean isDone() {
        return task.isDone();
    }

    /** Waits for its end. */
    T end() throws RejectedException, UnavailableException, IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RejectedException rejected -> throw rejected;
                case UnavailableException unavailable -> throw unavailable;
                case IOException io -> throw io;
                case InterruptedException interrupted -> throw interrupted;
                case RuntimeException fault -> throw fault;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    /** Ends it, and waits until it has: after that nothing of it touches a file any more. */
    @Override
    public void close() {
        if (!thread.isAlive()) {
            return;
        }
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
