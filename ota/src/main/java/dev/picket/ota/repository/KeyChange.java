package dev.picket.ota.repository;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.tuf.Key;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Changes who may sign what, in the draft of the next root: several changes before a publication make one root. Each drops the
 * signatures that the draft had, for they were given to something else.
 */
public final class KeyChange {
    private final Workspace space;
    private final Instant expires;
    private final RootFile root;
    private final long version;

    KeyChange(Workspace space, Validity validity, Instant now) throws RejectedException, IOException {
        this.space = space;
        this.expires = now.plus(validity.root());
        Optional<SignedFile> draft = space.drafts().root();
        SignedFile current = space.metadata().root();
        this.root = new RootFile(draft.orElse(current).signed().deepCopy());
        this.version = current.version() + 1;
    }

    /** Gives a role one more key. */
    public KeyChange add(String role, Key key) throws RejectedException {
        checkRole(role);
        root.add(role, key);
        return this;
    }

    /** Takes a key away, named by how its id begins. */
    public KeyChange revoke(String role, String idPrefix) throws RejectedException {
        checkRole(role);
        root.remove(role, root.find(role, idPrefix));
        return this;
    }

    /**
     * Puts a key in another's place.
     *
     * @param idPrefix of the old one; empty when the role has one only
     */
    public KeyChange rotate(String role, String idPrefix, Key key) throws RejectedException {
        checkRole(role);
        String old = root.find(role, idPrefix);
        root.add(role, key);
        root.remove(role, old);
        return this;
    }

    /** Changes how many of a role's keys must sign. */
    public KeyChange threshold(String role, int threshold) throws RejectedException {
        checkRole(role);
        root.threshold(role, threshold);
        return this;
    }

    /** Keeps the draft, unsigned; with no change made before, it is the same root with a later expiry. */
    public void save() throws RejectedException, IOException {
        root.check();
        space.drafts().save(MetadataWriter.root(root, version, expires));
    }

    /** Drops the draft: the keys stay as they are published. */
    public static void discard(Repository repository) throws IOException {
        repository.space().drafts().drop("root");
    }

    private static void checkRole(String role) throws RejectedException {
        if (!RootFile.ROLES.contains(role)) {
            throw new RejectedException(
                    Reason.MALFORMED, "There is no role " + role + ": name one of " + list(RootFile.ROLES) + ".");
        }
    }

    private static String list(List<String> words) {
        return String.join(", ", words);
    }
}
