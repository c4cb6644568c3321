package dev.picket.inference.drift;

/**
 * 64 bits of a text, by which it is known again: FNV-1a over its UTF-16 units (Fowler, Noll, Vo), then the finishing steps
 * of MurmurHash3 (Appleby). The seed is the process's own and is never saved, so a hash says nothing about a text
 * to anybody else.
 */
public final class TextHash {
    private static final long OFFSET = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private TextHash() {}

    public static long of(String text, long seed) {
        long hash = OFFSET ^ seed;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }
}
