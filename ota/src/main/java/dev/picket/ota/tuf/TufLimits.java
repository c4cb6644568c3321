package dev.picket.ota.tuf;

/**
 * The most that a repository may make a client read.
 *
 * @param rootRotations new versions of root in one refresh
 * @param rootBytes one root.json
 * @param timestampBytes timestamp.json
 * @param snapshotBytes snapshot.json, and less where its length is signed
 * @param targetsBytes one targets role, and less where its length is signed
 * @param delegations roles visited in one search
 * @param delegatedBytes delegated roles read in one search, all together; so much of them stays on the disk, too
 */
public record TufLimits(
        int rootRotations,
        int rootBytes,
        int timestampBytes,
        int snapshotBytes,
        int targetsBytes,
        int delegations,
        int delegatedBytes) {
    /** For a desk: what repositories of others have, some of which list several megabytes. */
    public static final TufLimits DEFAULT = new TufLimits(256, 512_000, 16_384, 2_000_000, 5_000_000, 32, 32_000_000);

    /**
     * For an agent, whose heap is some 96 MB: metadata of small entries take over ten times their bytes once read, and
     * those of one search are in memory together. 2 MB list some thousand files.
     */
    public static final TufLimits GATEWAY = new TufLimits(256, 512_000, 16_384, 1_000_000, 2_000_000, 32, 2_000_000);
}
