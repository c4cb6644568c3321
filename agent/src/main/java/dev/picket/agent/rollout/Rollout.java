package dev.picket.agent.rollout;

import dev.picket.ota.Hashes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The order: this Set, for these groups, for this share of the gateways.
 *
 * @param revision a higher one takes the place of a lower one
 * @param set the Set's label, {@code factory/7}
 * @param groups a gateway of any of them is meant; empty: every gateway of the site
 * @param percent the share of those meant
 * @param window when installs may begin; null: always
 * @param notAfter when none is begun any more
 * @param downgrade whether the Set may be older than what was installed
 */
public record Rollout(
        String id,
        long revision,
        String set,
        Set<String> groups,
        int percent,
        State state,
        @Nullable Window window,
        Instant notAfter,
        boolean downgrade) {
    /** Where the console wants it. */
    public enum State {
        /** Gateways begin. */
        ACTIVE,
        /** None begins; those under way go on. */
        PAUSED,
        /** None begins, those before the switch stop, those on probation go back. */
        ABORTED,
        /** None begins any more; those under way go on. */
        DONE;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Rollout {
        groups = Set.copyOf(groups);
    }

    /** The target path of a Set's label. */
    static String path(String set) {
        return "sets/" + set + ".json";
    }

    /**
     * Where a gateway stands in the line for this rollout, 0 to 99: the first four bytes of
     * {@code SHA-256(gateway + "/" + id)}, unsigned and big-endian, mod 100. The same for ever, so a share that grows only
     * adds gateways, and another rollout begins with others.
     */
    public static int place(String gateway, String id) {
        return (int) (word(gateway, id, 0) % 100);
    }

    /** Where it stands among those that begin, from 0 to just below 1, by the next four bytes: not with its place. */
    static double turn(String gateway, String id) {
        return word(gateway, id, 1) / (double) (1L << Integer.SIZE);
    }

    private static long word(String gateway, String id, int which) {
        String hex = Hashes.sha256((gateway + "/" + id).getBytes(StandardCharsets.UTF_8));
        return Long.parseLong(hex.substring(8 * which, 8 * which + 8), 16);
    }

    /** Whether a gateway of this name is in its share. */
    public boolean reaches(String gateway) {
        return place(gateway, id) < percent;
    }

    /** The same at the next revision. */
    public Rollout next(State wanted, int share) {
        return new Rollout(id, revision + 1, set, groups, share, wanted, window, notAfter, downgrade);
    }
}
