package dev.picket.ota.release;

/**
 * The most that a manifest may ask for.
 *
 * @param manifestBytes one manifest
 * @param files in one release
 * @param fileBytes one file
 * @param setBytes all files of a Set
 * @param tasks in one Set
 */
public record ReleaseLimits(int manifestBytes, int files, long fileBytes, long setBytes, int tasks) {
    public static final ReleaseLimits DEFAULT = new ReleaseLimits(1 << 20, 64, 8L << 30, 16L << 30, 64);

    /** For what was within the limits when it was written down here. */
    public static final ReleaseLimits STORED =
            new ReleaseLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE);
}
