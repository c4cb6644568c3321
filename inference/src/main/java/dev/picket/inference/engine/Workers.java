package dev.picket.inference.engine;

import java.util.concurrent.Semaphore;

/**
 * Bounds how many runs go side by side; each is done by the thread that asked, a further one waits its turn, first come
 * first served.
 */
final class Workers {
    private final Semaphore free;

    Workers(int runs) {
        this.free = new Semaphore(runs, true);
    }

    /** One run. */
    interface Run<T, E extends Exception> {
        T run() throws E;
    }

    <T, E extends Exception> T run(Run<T, E> run) throws E {
        free.acquireUninterruptibly();
        try {
            return run.run();
        } finally {
            free.release();
        }
    }
}
