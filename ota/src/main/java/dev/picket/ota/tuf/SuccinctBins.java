package dev.picket.ota.tuf;

import dev.picket.ota.Hashes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * All bins of a repository in one delegation (TAP 15): the first bits of the SHA-256 of a target's path are the number
 * of its bin, whose role is named by a prefix, a hyphen and that number in hex. Every bin is terminating.
 *
 * @param bits how many bits of the hash, 1 to 32
 */
record SuccinctBins(Role.RoleKeys keys, int bits, String namePrefix) {
    private static final int HASH_BITS = 256;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]+");

    /** The bin of that path. */
    Role.Delegation of(String path) {
        BigInteger hash = new BigInteger(Hashes.sha256(path.getBytes(StandardCharsets.UTF_8)), 16);
        return named(hash.shiftRight(HASH_BITS - bits).longValueExact());
    }

    /** The bin of that role's name; empty when no bin has it. */
    Optional<Role.Delegation> called(String role) {
        String number = role.startsWith(namePrefix + "-") ? role.substring(namePrefix.length() + 1) : "";
        if (number.length() != digits() || !HEX.matcher(number).matches() || Long.parseLong(number, 16) >> bits != 0) {
            return Optional.empty();
        }
        return Optional.of(named(Long.parseLong(number, 16)));
    }

    private Role.Delegation named(long bin) {
        String number = Long.toHexString(bin);
        String name = namePrefix + "-" + "0".repeat(digits() - number.length()) + number;
        return new Role.Delegation(name, keys, true, List.of(), List.of());
    }

    private int digits() {
        return (bits + 3) / 4;
    }
}
