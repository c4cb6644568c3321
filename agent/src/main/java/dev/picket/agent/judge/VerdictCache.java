package dev.picket.agent.judge;

import dev.picket.agent.config.CacheConfig;
import dev.picket.inference.Classification;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * Answers of texts that may come again, by what was asked and by the text; those not used for longest leave first when
 * the entries or the bytes run out. What failed is not remembered. Lost with the process.
 *
 * <p>A text is known by a SHA-256 over a salt of this process and its UTF-16 units, and is not kept itself: texts are
 * what a gateway must be able to forget, and a copy here would outlive {@code retention.text}. The salt keeps a dump of
 * the memory from being looked up in a table of likely texts. The units and not UTF-8, since in UTF-8 each lone surrogate
 * would be the same question mark.
 *
 * <p>What was asked is the digests of all that the answer depends on, so an answer is never given for another model; a
 * switch only makes room early ({@link #retain}).
 */
public final class VerdictCache {
    /** One answer without its probabilities: key, records, list and map entry. With three labels 291 bytes were measured. */
    private static final int ENTRY_BYTES = 320;
    /** A boxed float with its reference. */
    private static final int PROBABILITY_BYTES = 24;

    private static final int SALT_BYTES = 16;

    /**
     * One question.
     *
     * @param asked digests of the task and of what answers before it
     */
    public record Key(String asked, long a, long b, long c, long d) {}

    /**
     * The cache in numbers.
     *
     * @param hits questions of this start that were answered from here
     * @param misses those that were not
     */
    public record Counts(long hits, long misses, int entries, long bytes) {
        public static final Counts NONE = new Counts(0, 0, 0, 0);
    }

    private final int maxEntries;
    private final long maxBytes;
    private final byte[] salt = new byte[SALT_BYTES];
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final Map<Key, Classification> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    public VerdictCache(CacheConfig config) {
        this.maxEntries = config.entries();
        this.maxBytes = config.maxBytes();
        new SecureRandom().nextBytes(salt);
    }

    public boolean isOn() {
        return maxEntries > 0 && maxBytes > 0;
    }

    /** @param asked digests of all that the answer depends on */
    public Key key(String asked, String text) {
        ByteBuffer units = ByteBuffer.allocate(text.length() * Character.BYTES);
        units.asCharBuffer().put(text);
        MessageDigest sha256 = sha256();
        sha256.update(salt);
        sha256.update(units);
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
        return new Key(asked, digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
    }

    /** The answer as it was given first. */
    public synchronized Optional<Classification> get(Key key) {
        Optional<Classification> known = Optional.ofNullable(entries.get(key));
        (known.isPresent() ? hits : misses).increment();
        return known;
    }

    /** The same for somebody who asks by hand, which says nothing about how often readings come again. */
    public synchronized Optional<Classification> look(Key key) {
        return Optional.ofNullable(entries.get(key));
    }

    public synchronized void put(Key key, Classification answer) {
        if (entries.put(key, answer) == null) {
            bytes += bytes(answer);
        }
        Iterator<Classification> oldest = entries.values().iterator();
        while (entries.size() > maxEntries || bytes > maxBytes) {
            bytes -= bytes(oldest.next());
            oldest.remove();
        }
    }

    /** Forgets answers to all but these questions. */
    public synchronized void retain(Set<String> asked) {
        entries.entrySet().removeIf(entry -> {
            boolean gone = !asked.contains(entry.getKey().asked());
            bytes -= gone ? bytes(entry.getValue()) : 0;
            return gone;
        });
    }

    public synchronized Counts counts() {
        return new Counts(hits.sum(), misses.sum(), entries.size(), bytes);
    }

    /** Same for equal questions, since the labels of one are as many; texts of labels are shared with the task. */
    private static long bytes(Classification answer) {
        return ENTRY_BYTES + (long) PROBABILITY_BYTES * answer.probabilities().size();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java has SHA-256", e);
        }
    }
}
