package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the keys and values of prefixes, each computed once, the least used leaving first when the bytes run out. What is
 * too big for the cache is computed for each run: slower, never wrong.
 */
final class PrefixCache implements AutoCloseable {
    private final long maxBytes;
    private final Map<Key, KeyValues> entries = new LinkedHashMap<>(16, 0.75f, true);
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
     * it while others wait, so that it is computed once.
     */
    synchronized KeyValues use(Key key, Computation computation) throws OrtException {
        KeyValues kept = entries.get(key);
        if (kept == null) {
            kept = computation.run();
            entries.put(key, kept);
            bytes += kept.bytes();
        }
        if (!kept.lifetime().enter()) {
            throw new IllegalStateException("An entry of the prefix cache was freed while it was in the cache");
        }
        evict();
        return kept;
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
