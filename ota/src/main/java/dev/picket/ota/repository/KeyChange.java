package dev.picket.ota.repository;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.tuf.Key;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
    public void add(String role, Key key) throws RejectedException {
        checkRole(role);
        root.add(role, key);
    }

    /**
     * Takes a key away, named by how its id begins.
     *
     * @return its whole id
     */
    public String revoke(String role, String idPrefix) throws RejectedException {
        checkRole(role);
        String id = root.find(role, idPrefix);
        root.remove(role, id);
        return id;
    }

    /**
     * Puts a key in another's place.
     *
     * @param idPrefix of the old one; empty when the role has one only
     * @return the old one's id
     */
    public String rotate(String role, String idPrefix, Key key) throws RejectedException {
        checkRole(role);
        String old = root.find(role, idPrefix);
        root.add(role, key);
        root.remove(role, old);
        return old;
    }

    /** Changes how many of a role's keys must sign. */
    public void threshold(String role, int threshold) throws RejectedException {
        checkRole(role);
        root.threshold(role, threshold);
    }

    /**
     * Keeps the draft, signed by the root keys that are here; with no change made before, it is the same root with a later
     * expiry.
     *
     * @return what it still needs, by its name: {@code root 2}; an empty text where it has enough
     */
    public Map<String, String> save(SigningKeys keys) throws RejectedException, IOException {
        root.check();
        SignedFile draft = MetadataWriter.root(root, version, expires);
        Waiting waiting = new Waiting(space.root(), Optional.of(draft), Optional.empty());
        waiting.sign(keys);
        space.drafts().save(draft);
        return waiting.state();
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
