package dev.picket.ota.tuf;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One refresh: downloads, asks {@link TrustedMetadata}, persists. Decides nothing itself. */
final class Refresh {
    private static final Logger log = LoggerFactory.getLogger(Refresh.class);

    private final MetadataFolder folder;
    private final TrustedMetadata trusted;
    private final Fetcher fetcher;
    private final TufLimits limits;
    private final Retry retry;
    private int delegatedBytesLeft;

    Refresh(MetadataFolder folder, TrustedMetadata trusted, Fetcher fetcher, TufLimits limits, Retry retry) {
        this.folder = folder;
        this.trusted = trusted;
        this.fetcher = fetcher;
        this.limits = limits;
        this.retry = retry;
    }

    TrustedTargets run() throws RejectedException, UnavailableException, IOException, InterruptedException {
        localRoots();
        remoteRoots();
        trusted.checkRootFresh();
        timestamp();
        snapshot();
        targets("targets", "targets");
        trusted.checkIssued();
        folder.keepDelegated(trusted.listed(), limits.delegatedBytes());
        return new TrustedTargets(trusted, this, fetcher, limits, retry);
    }

    /**
     * The chain from the first root to the last one that was trusted, verified again link by link. A link that does not
     * hold (the first root was replaced by hand, the disk rotted) ends it; the repository has the rest.
     */
    private void localRoots() throws IOException {
        for (int i = 0; i < limits.rootRotations(); i++) {
            long version = trusted.root().version() + 1;
            byte[] next = folder.root(version);
            if (next == null || !tolerate(version + ".root.json", () -> trusted.updateRoot(next))) {
                return;
            }
        }
    }

    /** Steps 5.3.2, 5.3.3, 5.3.8 and 5.3.9: one version after the other, until the next one is not there. */
    private void remoteRoots() throws RejectedException, UnavailableException, IOException, InterruptedException {
        for (int i = 0; i < limits.rootRotations(); i++) {
            long version = trusted.root().version() + 1;
            byte[] next = nextRoot(version);
            if (next == null) {
                return;
            }
            boolean rotated = trusted.updateRoot(next);
            // 5.3.11, before the root is saved: after a crash in between the same root comes again.
            if (rotated) {
                folder.delete("timestamp");
                folder.delete("snapshot");
            }
            folder.saveRoot(version, next);
        }
    }

    private byte @Nullable [] nextRoot(long version)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        try {
            return fetch("metadata/" + version + ".root.json", limits.rootBytes());
        } catch (RejectedException e) {
            if (e.reason() == Reason.MISSING) {
                return null;
            }
            throw e;
        }
    }

    /** Step 5.4. */
    private void timestamp() throws RejectedException, UnavailableException, IOException, InterruptedException {
        byte[] local = folder.role("timestamp");
        if (local != null) {
            tolerate("timestamp.json", () -> trusted.updateTimestamp(local));
        }
        byte[] bytes = fetch("metadata/timestamp.json", limits.timestampBytes());
        boolean newer = trusted.updateTimestamp(bytes);
        trusted.checkTimestampFresh();
        if (newer) {
            folder.save("timestamp", bytes);
        }
    }

    /** Step 5.5. */
    private void snapshot() throws RejectedException, UnavailableException, IOException, InterruptedException {
        byte[] local = folder.role("snapshot");
        if (local != null) {
            boolean usable = tolerate("snapshot.json", () -> trusted.updateSnapshot(local, true));
            if (usable && isFresh()) {
                return;
            }
        }
        FileInfo info = Objects.requireNonNull(trusted.timestamp()).snapshot();
        byte[] bytes = fetch(address("snapshot", info), info.maxBytes(limits.snapshotBytes()));
        trusted.updateSnapshot(bytes, false);
        folder.save("snapshot", bytes);
    }

    private boolean isFresh() {
        try {
            trusted.checkSnapshotFresh();
            return true;
        } catch (RejectedException _) {
            return false;
        }
    }

    /** What earlier searches read is let go of: each is bounded by itself. */
    void beginSearch() {
        trusted.forgetDelegated();
        delegatedBytesLeft = limits.delegatedBytes();
    }

    /** Step 5.6: the role from disk where it is still the one that the snapshot names, else from the repository. */
    Role.Targets targets(String role, String delegator)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        int most = role.equals("targets") ? limits.targetsBytes() : Math.min(limits.targetsBytes(), delegatedBytesLeft);
        byte[] local = folder.role(role);
        // A role taken over through one delegator is verified again for each other that reaches it.
        if (local != null
                && local.length <= most
                && tolerate(role + ".json", () -> trusted.updateTargets(local, role, delegator))) {
            delegatedBytesLeft -= local.length;
            return Objects.requireNonNull(trusted.targets(role));
        }
        FileInfo info = trusted.targetsInfo(role);
        byte[] bytes = fetch(address(role, info), info.maxBytes(most));
        trusted.updateTargets(bytes, role, delegator);
        folder.save(role, bytes);
        delegatedBytesLeft -= bytes.length;
        return Objects.requireNonNull(trusted.targets(role));
    }

    private String address(String role, FileInfo info) {
        String version = trusted.root().consistentSnapshot() ? info.version() + "." : "";
        return "metadata/" + version + RoleName.encoded(role) + ".json";
    }

    private byte[] fetch(String path, int maxBytes)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        return retry.call(() -> fetcher.bytes(path, maxBytes));
    }

    private interface Rule {
        void apply() throws RejectedException;
    }

    /** What lies on disk may be of an earlier time, or signed by keys that were rotated away: then it counts for nothing. */
    private static boolean tolerate(String name, Rule rule) {
        try {
            rule.apply();
            return true;
        } catch (RejectedException e) {
            log.debug("The local {} is not used: {}", name, e.getMessage());
            return false;
        }
    }
}
