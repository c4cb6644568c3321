package dev.picket.ota.tuf;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every rule of trust, and no input or output: the client workflow of The Update Framework 1.0.34, section 5, with its
 * steps numbered as there. Files go in, in the order root, timestamp, snapshot, targets, delegated; each is taken over
 * or refused, and a refused one changes nothing. After python-tuf's {@code trusted_metadata_set}.
 *
 * <p>Where the specification leaves room: a key listed under two ids counts once, and ids need not be hashes of their
 * keys; a local timestamp or snapshot that has expired is still the floor for versions, as the reference client has it;
 * keys are rotated (5.3.11) when one is taken away, while an added key or another threshold keeps the floor.
 */
final class TrustedMetadata {
    private final Instant clock;
    private SignedTime floor;
    private Role.Root root;
    private Role.@Nullable Timestamp timestamp;
    private Role.@Nullable Snapshot snapshot;
    private final Map<String, Role.Targets> targets = new HashMap<>();

    /**
     * Step 5.2: trusts the first root for where it came from; it must still be signed by its own keys.
     *
     * @param clock step 5.1: with the floor, the one instant for all that follows
     * @param floor no time before it counts, as long as the key that signed it was not taken away
     */
    TrustedMetadata(byte[] firstRoot, Instant clock, SignedTime floor) throws RejectedException {
        Signed<Role.Root> first = MetadataReader.root(firstRoot);
        verify("root.json", first, first.role());
        this.root = first.role();
        this.clock = clock;
        // What came before the first root that is trusted now: nobody knows whether its keys were taken away since.
        this.floor = floor.root() < root.version() ? SignedTime.NONE : floor;
    }

    Role.Root root() {
        return root;
    }

    Role.@Nullable Timestamp timestamp() {
        return timestamp;
    }

    Role.@Nullable Snapshot snapshot() {
        return snapshot;
    }

    Role.@Nullable Targets targets(String role) {
        return targets.get(role);
    }

    /**
     * Steps 5.3.4 to 5.3.7, for one version of root.
     *
     * @return step 5.3.11: whether a key of timestamp or snapshot was taken away, so that what it signed must go, lest
     *     its thief's high version numbers stay for good
     */
    boolean updateRoot(byte[] bytes) throws RejectedException {
        require(timestamp == null, "root comes before timestamp");
        Signed<Role.Root> next = MetadataReader.root(bytes);
        String name = "root.json version " + next.role().version();
        // 5.3.4: signed by the keys of the trusted root and by its own.
        verify("root", name, next, root);
        verify("root", name, next, next.role());
        // 5.3.5: exactly the next version.
        if (next.role().version() != root.version() + 1) {
            throw new RejectedException(
                    next.role().version() <= root.version() ? Reason.OLDER : Reason.MIXED,
                    name + " is not the one after the trusted version " + root.version() + ".");
        }
        Role.Root before = root;
        root = next.role();
        boolean timestampRotated = isRotated("timestamp", before);
        if (timestampRotated && floor.root() < root.version()) {
            floor = SignedTime.NONE;
        }
        return timestampRotated || isRotated("snapshot", before);
    }

    private boolean isRotated(String role, Role.Root before) {
        return !root.identities(role).containsAll(before.identities(role));
    }

    /** Step 5.3.10, once no newer root can come. */
    void checkRootFresh() throws RejectedException {
        checkExpiry("root.json", root);
    }

    /**
     * Steps 5.4.2 to 5.4.4 for a new timestamp.
     *
     * @return false when it has the version that is trusted already, which stays
     */
    boolean updateTimestamp(byte[] bytes) throws RejectedException {
        require(snapshot == null, "timestamp comes before snapshot");
        checkRootFresh();
        Signed<Role.Timestamp> next = MetadataReader.timestamp(bytes);
        // 5.4.2
        verify("timestamp", "timestamp.json", next, root);
        Role.Timestamp trusted = timestamp;
        if (trusted != null) {
            // 5.4.3.1
            checkNotOlder("timestamp.json", trusted.version(), next.role().version());
            if (trusted.version() == next.role().version()) {
                return false;
            }
            // 5.4.3.2
            checkNotOlder(
                    "snapshot.json in timestamp.json",
                    trusted.snapshot().version(),
                    next.role().snapshot().version());
        }
        timestamp = next.role();
        return true;
    }

    /** Step 5.4.4, once no newer timestamp can come. */
    void checkTimestampFresh() throws RejectedException {
        checkExpiry("timestamp.json", trustedTimestamp());
    }

    /**
     * Steps 5.5.2 to 5.5.6 for a new snapshot, 5.5.3 and 5.5.5 for the local one: that may be older than the timestamp,
     * or expired, and is still the floor for what it lists. Whether it is the one wanted, {@link #checkSnapshotFresh}
     * says.
     *
     * @param local whether it was read from disk, where it was verified before it was written
     */
    void updateSnapshot(byte[] bytes, boolean local) throws RejectedException {
        require(targets.isEmpty(), "snapshot comes before targets");
        checkTimestampFresh();
        // 5.5.2
        if (!local) {
            trustedTimestamp().snapshot().check("snapshot.json", bytes);
        }
        Signed<Role.Snapshot> next = MetadataReader.snapshot(bytes);
        // 5.5.3
        verify("snapshot", "snapshot.json", next, root);
        if (!local) {
            checkNamedByTimestamp(next.role());
        }
        checkNothingOlder(snapshot, next.role());
        if (!local) {
            checkExpiry("snapshot.json", next.role());
        }
        snapshot = next.role();
    }

    /** Step 5.5.4. */
    private void checkNamedByTimestamp(Role.Snapshot offered) throws RejectedException {
        long expected = trustedTimestamp().snapshot().version();
        if (offered.version() != expected) {
            throw mixed("snapshot.json", offered.version(), expected, "timestamp.json");
        }
    }

    /** Step 5.5.5: nothing that was listed may vanish or get older. */
    private static void checkNothingOlder(Role.@Nullable Snapshot trusted, Role.Snapshot next)
            throws RejectedException {
        Map<String, FileInfo> listed = trusted == null ? Map.of() : trusted.meta();
        for (Map.Entry<String, FileInfo> each : listed.entrySet()) {
            FileInfo offered = next.meta().get(each.getKey());
            if (offered == null) {
                throw new RejectedException(
                        Reason.OLDER, each.getKey() + " vanished from snapshot.json, which listed it before.");
            }
            checkNotOlder(each.getKey() + " in snapshot.json", each.getValue().version(), offered.version());
        }
    }

    /**
     * Not of the specification: {@code issued} is to last, and an online key alone signs it. So it may not reach beyond
     * what the offline keys let live; by that time nothing of theirs would be fresh.
     */
    void checkIssued() throws RejectedException {
        checkIssued("root.json", root);
        checkIssued("targets.json", Objects.requireNonNull(targets.get("targets")));
    }

    private void checkIssued(String name, Role role) throws RejectedException {
        Instant issued = trustedTimestamp().issued().orElse(Instant.EPOCH);
        if (!role.expires().isAfter(issued)) {
            throw new RejectedException(
                    Reason.EXPIRED,
                    name + " expired at " + role.expires() + ", and timestamp.json says that it was issued at " + issued
                            + ".");
        }
    }

    /** The floor of clocks from now on. */
    SignedTime signedTime() {
        return trustedTimestamp()
                .issued()
                .filter(each -> each.isAfter(floor.at()))
                .map(each -> new SignedTime(each, root.version()))
                .orElse(floor);
    }

    /** Steps 5.5.4 and 5.5.6: the trusted snapshot is the one that the timestamp names, and has not expired. */
    void checkSnapshotFresh() throws RejectedException {
        checkNamedByTimestamp(trustedSnapshot());
        checkExpiry("snapshot.json", trustedSnapshot());
    }

    /** Step 5.6 for the top-level role, and 5.6.7.1 for one that {@code delegator} delegates to. */
    void updateTargets(byte[] bytes, String role, String delegator) throws RejectedException {
        checkSnapshotFresh();
        String name = role + ".json";
        FileInfo expected = targetsInfo(role);
        // 5.6.2
        expected.check(name, bytes);
        Signed<Role.Targets> next = MetadataReader.targets(role, bytes);
        // 5.6.3
        verifyTargets(role, delegator, next);
        // 5.6.4
        if (next.role().version() != expected.version()) {
            throw mixed(name, next.role().version(), expected.version(), "snapshot.json");
        }
        // 5.6.5
        checkExpiry(name, next.role());
        targets.put(role, next.role());
    }

    /** Lets go of every targets role but the top-level one. */
    void forgetDelegated() {
        targets.keySet().retainAll(Set.of("targets"));
    }

    /** The roles that the snapshot lists. */
    Set<String> listed() {
        return trustedSnapshot().meta().keySet().stream()
                .filter(each -> each.endsWith(".json"))
                .map(each -> each.substring(0, each.length() - ".json".length()))
                .collect(Collectors.toSet());
    }

    /** What the snapshot says of a targets role. */
    FileInfo targetsInfo(String role) throws RejectedException {
        FileInfo info = trustedSnapshot().meta().get(role + ".json");
        if (info == null) {
            throw new RejectedException(Reason.MIXED, role + ".json is not listed in snapshot.json.");
        }
        return info;
    }

    private void verifyTargets(String role, String delegator, Signed<Role.Targets> next) throws RejectedException {
        if (role.equals("targets")) {
            verify("targets", "targets.json", next, root);
            return;
        }
        Role.Targets parent = targets.get(delegator);
        if (parent == null) {
            throw new IllegalStateException("a delegated role comes after its delegator");
        }
        Role.Delegation delegation = parent.delegation(role)
                .orElseThrow(() ->
                        new RejectedException(Reason.WRONG_KEY, delegator + " does not delegate to " + role + "."));
        Signatures.verify(role + ".json", next, parent.keys(), delegation.keys());
    }

    private static void verify(String name, Signed<Role.Root> file, Role.Root by) throws RejectedException {
        verify("root", name, file, by);
    }

    private static void verify(String role, String name, Signed<?> file, Role.Root by) throws RejectedException {
        Role.RoleKeys keys = Objects.requireNonNull(by.roles().get(role), role);
        Signatures.verify(name, file, by.keys(), keys);
    }

    private void checkExpiry(String name, Role role) throws RejectedException {
        Instant now = clock.isAfter(floor.at()) ? clock : floor.at();
        if (!role.expires().isAfter(now)) {
            throw new RejectedException(
                    Reason.EXPIRED, name + " expired at " + role.expires() + ", and it is " + now + ".");
        }
    }

    private static void checkNotOlder(String name, long trusted, long offered) throws RejectedException {
        if (offered < trusted) {
            throw new RejectedException(
                    Reason.OLDER,
                    name + " is offered at version " + offered + " where version " + trusted + " is trusted.");
        }
    }

    private static RejectedException mixed(String name, long version, long expected, String by) {
        return new RejectedException(
                Reason.MIXED, name + " has version " + version + " where " + by + " names " + expected + ".");
    }

    private Role.Timestamp trustedTimestamp() {
        if (timestamp == null) {
            throw new IllegalStateException("timestamp comes before snapshot");
        }
        return timestamp;
    }

    private Role.Snapshot trustedSnapshot() {
        if (snapshot == null) {
            throw new IllegalStateException("snapshot comes before targets");
        }
        return snapshot;
    }

    private static void require(boolean condition, String order) {
        if (!condition) {
            throw new IllegalStateException(order);
        }
    }
}
