package dev.picket.ota.store;

/**
 * How far a Set's files have come, for people.
 *
 * @param set its label, {@code factory/4}
 * @param bytes of its files that are here
 * @param total of its files
 * @param bytesPerSecond how fast they came lately
 * @param place where they come from: a host, a folder
 * @param waits why nothing comes now, one sentence; empty while it does
 * @param thrownAway downloads since this start whose bytes did not verify
 */
public record Fetching(
        String set, long bytes, long total, long bytesPerSecond, String place, String waits, long thrownAway) {
    /** While nothing is fetched. */
    public static final Fetching NOTHING = new Fetching("", 0, 0, 0, "", "", 0);

    public boolean isNothing() {
        return set.isEmpty();
    }
}
