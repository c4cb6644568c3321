package dev.picket.ota.repository;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.tuf.Key;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Changes who may sign what: in the draft of the next root, or, of teams, in what the next targets say. Several changes
 * before a publication make one root. Each drops the signatures that the draft had, for they were given to something else.
 */
public final class KeyChange {
    private final Workspace space;
    private final Validity validity;
    private final Instant now;
    private final RootFile current;
    private final RootFile root;
    private final Teams teams;
    private final List<String> goneTeams = new ArrayList<>();
    private boolean ofRoot;
    private boolean ofTeams;

    KeyChange(Workspace space, Validity validity, Instant now) throws RejectedException, IOException {
        this.space = space;
        this.validity = validity;
        this.now = now;
        this.current = space.root();
        Optional<SignedFile> draft = space.drafts().root();
        this.root = new RootFile(
                draft.map(SignedFile::signed).orElse(current.signed()).deepCopy());
        this.teams = space.contents().teams();
    }

    /** Gives a role one more key. */
    public void add(String role, Key key) throws RejectedException {
        of(role).add(role, key);
    }

    /**
     * Takes a key away, named by how its id begins.
     *
     * @return its whole id
     */
    public String revoke(String role, String idPrefix) throws RejectedException {
        Keyring keys = of(role);
        String id = keys.find(role, idPrefix);
        keys.remove(role, id);
        return id;
    }

    /**
     * Puts a key in another's place.
     *
     * @param idPrefix of the old one; empty when the role has one only
     * @return the old one's id
     */
    public String rotate(String role, String idPrefix, Key key) throws RejectedException {
        Keyring keys = of(role);
        String old = keys.find(role, idPrefix);
        keys.add(role, key);
        keys.remove(role, old);
        return old;
    }

    /** Changes how many of a role's keys must sign. */
    public void threshold(String role, int threshold) throws RejectedException {
        of(role).threshold(role, threshold);
    }

    /**
     * Lets a team release bases and tasks with keys of its own, which {@link #add} gives it.
     *
     * @param threshold how many of them must sign
     * @param paths patterns: {@code releases/task/emea-*}{@code /*.json}
     */
    public void addTeam(String team, int threshold, List<String> paths) throws RejectedException {
        ofTeams = true;
        teams.put(team, threshold, paths);
    }

    /**
     * Takes a team away with all that it lists, and with the Sets that name any of that.
     *
     * @return the paths that go
     * @throws RejectedException when a channel names such a Set
     */
    public List<String> removeTeam(String team) throws RejectedException, IOException {
        teams.require(team);
        ofTeams = true;
        List<String> gone = space.targets().takeAway(team);
        teams.remove(team);
        goneTeams.add(team);
        return gone;
    }

    /**
     * Keeps the draft, signed by the root keys that are here; with no change made before, it is the same root with a later
     * expiry. A change of teams is kept for the next targets.
     *
     * @return what still needs signatures, by its name: {@code root 2}; an empty text where it has enough
     */
    public Map<String, String> save(SigningKeys keys) throws RejectedException, IOException {
        root.check();
        teams.check();
        teams.checkApart(current);
        teams.checkApart(root);
        Waiting waiting = Waiting.nothing(space);
        if (ofRoot || !ofTeams) {
            SignedFile draft = MetadataWriter.root(root, current.version() + 1, now.plus(validity.root()));
            waiting = new Waiting(current, Optional.of(draft), Teams.none(), List.of(), Set.of());
            waiting.sign(keys);
            space.drafts().save(draft);
        }
        if (ofTeams) {
            space.contents().teams(teams);
            space.contents().save();
            for (String each : goneTeams) {
                space.drafts().drop(each);
            }
            waiting = Waiting.of(space, validity, now);
        }
        return waiting.state();
    }

    /** Drops the draft: the keys stay as they are published. */
    public static void discard(Repository repository) throws IOException {
        repository.space().drafts().drop("root");
    }

    /** Where a role's keys stand. */
    private Keyring of(String role) throws RejectedException {
        if (RootFile.ROLES.contains(role)) {
            ofRoot = true;
            return root;
        }
        if (teams.roles().contains(role)) {
            ofTeams = true;
            return teams;
        }
        throw new RejectedException(
                Reason.MALFORMED,
                "There is no role " + role + ": name one of " + String.join(", ", RootFile.ROLES) + ", or a team.");
    }
}
