package dev.picket.sensors;

import java.time.Duration;

/**
 * The limits of a {@link FileSource}.
 *
 * @param maxLineBytes the longest text in bytes; of a longer line the beginning is taken and the reading marked
 * @param poll how often the file is looked at once all of it is read, and how long a trouble is waited out
 * @param settlePolls how many times in a row a rotated file must not have grown until it counts as finished: its writer
 *     may still hold it
 * @param maxRotatedFiles how many files beside it are looked at
 */
public record FileLimits(int maxLineBytes, Duration poll, int settlePolls, int maxRotatedFiles) {
    /** 8 KiB lines, a look every 250 ms, 4 looks to settle, 1,000 rotated files. */
    public static FileLimits usual() {
        return new FileLimits(8 * 1024, Duration.ofMillis(250), 4, 1_000);
    }
}
