package dev.picket.ota.tuf;

import dev.picket.ota.Hashes;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What one metadata file says of another file.
 *
 * @param version the other's version; 0 for a target file, which has none
 * @param length in bytes, where it is said
 * @param hashes lower-case hex by TUF's name of the algorithm: {@code sha256}, {@code sha512}; others are ignored
 */
public record FileInfo(long version, OptionalLong length, Map<String, String> hashes) {
    private static final Map<String, String> ALGORITHMS = Map.of("sha256", "SHA-256", "sha512", "SHA-512");

    public FileInfo {
        hashes = Map.copyOf(hashes);
    }

    /** The length said, or the limit where none is said or it is above the limit. */
    int maxBytes(int limit) {
        return (int) Math.min(limit, length.orElse(limit));
    }

    /** Whether at least one hash is of an algorithm known here. */
    boolean hasKnownHash() {
        return hashes.keySet().stream().anyMatch(ALGORITHMS::containsKey);
    }

    /** Checks length and every known hash; hashes of unknown algorithms alone prove nothing, and are refused. */
    public void check(String what, byte[] bytes) throws RejectedException {
        if (!hashes.isEmpty() && !hasKnownHash()) {
            throw new RejectedException(
                    Reason.MALFORMED, what + " is signed with no hash known here, only " + hashes.keySet() + ".");
        }
        if (length.isPresent() && length.getAsLong() != bytes.length) {
            throw new RejectedException(
                    Reason.TAMPERED,
                    what + " has " + bytes.length + " bytes where " + length.getAsLong() + " are signed.");
        }
        for (Map.Entry<String, String> each : hashes.entrySet()) {
            String algorithm = ALGORITHMS.get(each.getKey());
            if (algorithm != null) {
                checkHash(what, bytes, algorithm, each.getValue());
            }
        }
    }

    private static void checkHash(String what, byte[] bytes, String algorithm, String expected)
            throws RejectedException {
        MessageDigest digest = Hashes.digest(algorithm);
        String found = HexFormat.of().formatHex(digest.digest(bytes));
        if (!found.equals(expected.toLowerCase(Locale.ROOT))) {
            throw new RejectedException(
                    Reason.TAMPERED,
                    what + " has the " + algorithm + " " + found + " where " + expected + " is signed.");
        }
    }
}
