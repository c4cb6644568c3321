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
 */
public record TufLimits(
        int rootRotations, int rootBytes, int timestampBytes, int snapshotBytes, int targetsBytes, int delegations) {
    public static final TufLimits DEFAULT = new TufLimits(256, 512_000, 16_384, 2_000_000, 5_000_000, 32);
}
