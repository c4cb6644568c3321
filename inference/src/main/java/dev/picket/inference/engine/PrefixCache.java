package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Keeps the keys and values of prefixes, each computed once, the least used leaving first when the bytes run out. What is
 * too big for the cache is computed for each run: slower, never wrong.
 */
final class PrefixCache implements AutoCloseable {
    private final long maxBytes;
    private final Map<Key, KeyValues> entries = new LinkedHashMap<>(16, 0.75f, true);
    /** No lock is held while one is computed: that is a run, and all others pass through here. */
    private final Map<Key, CountDownLatch> computing = new HashMap<>();

    private long bytes;

    PrefixCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * All that the keys and values depend on.
     *
     * @param adapter SHA-256 of the adapter's bytes, empty without one
     */
    record Key(String base, String adapter, List<Long> ids) {
        Key {
            ids = List.copyOf(ids);
        }
    }

    /** Computes what is not in the cache. */
    interface Computation {
        KeyValues run() throws OrtException;
    }

    /**
     * Gets an entry and enters its lifetime: the caller leaves it after its run. Whoever asks for a missing one computes
     * it while others that need the same wait, so that it is computed once; those with other prefixes go on.
     */
    KeyValues use(Key key, Computation computation) throws OrtException {
        CountDownLatch mine = new CountDownLatch(1);
        CountDownLatch others;
        synchronized (this) {
            KeyValues kept = entries.get(key);
            if (kept != null) {
                return entered(kept);
            }
            others = computing.putIfAbsent(key, mine);
        }
        if (others != null) {
            await(others);
            synchronized (this) {
                KeyValues kept = entries.get(key);
                if (kept != null) {
                    return entered(kept);
                }
            }
            // It failed, or was too big to be kept: each has its own then.
            return put(key, computation.run());
        }
        try {
            return put(key, computation.run());
        } finally {
            synchronized (this) {
                computing.remove(key);
            }
            mine.countDown();
        }
    }

    private synchronized KeyValues put(Key key, KeyValues computed) {
        KeyValues kept = entries.putIfAbsent(key, computed);
        if (kept != null) {
            computed.lifetime().end();
            return entered(kept);
        }
        bytes += computed.bytes();
        KeyValues entered = entered(computed);
        evict();
        return entered;
    }

    private static KeyValues entered(KeyValues kept) {
        if (!kept.lifetime().enter()) {
            throw new IllegalStateException("An entry of the prefix cache was freed while it was in the cache");
        }
        return kept;
    }

    private static void await(CountDownLatch computed) {
        boolean interrupted = false;
        while (true) {
            try {
                computed.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void evict() {
        Iterator<KeyValues> oldest = entries.values().iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            KeyValues leaving = oldest.next();
            oldest.remove();
            bytes -= leaving.bytes();
            leaving.lifetime().end();
        }
    }

    synchronized long bytes() {
        return bytes;
    }

    @Override
    public synchronized void close() {
        entries.values().forEach(entry -> entry.lifetime().end());
        entries.clear();
        bytes = 0;
    }
}
