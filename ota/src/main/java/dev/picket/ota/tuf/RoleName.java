package dev.picket.ota.tuf;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Names of roles, which may be any text: {@code ../team}, {@code ?}. */
final class RoleName {
    /** The signers of the whole repository, whom nobody delegates to. */
    static final Set<String> TOP = Set.of("root", "timestamp", "snapshot", "targets");

    /** With {@code .json} and what a temporary file adds it stays below the 255 bytes that a file name may have. */
    private static final int MAX_ENCODED = 200;

    private RoleName() {}

    /** As part of a file name or address: all but letters, digits and {@code _ . - ~} percent-encoded. */
    static String encoded(String role) {
        return URLEncoder.encode(role, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    /** Whether another role may delegate to it, and it can be kept as a file. */
    static boolean canBeDelegated(String role) {
        return !role.isEmpty()
                && role.length() <= MAX_ENCODED
                && !TOP.contains(role)
                && encoded(role).length() <= MAX_ENCODED;
    }
}
