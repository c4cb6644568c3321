package dev.picket.ota.tuf;

import dev.picket.ota.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Which target paths a delegation covers: specification 4.5, PATHPATTERN and path_hash_prefixes. */
final class PathPatterns {
    private PathPatterns() {}

    static boolean anyMatches(List<String> patterns, String path) {
        return patterns.stream().anyMatch(each -> toRegex(each).matcher(path).matches());
    }

    static boolean anyHashPrefix(List<String> prefixes, String path) {
        if (prefixes.isEmpty()) {
            return false;
        }
        String hash = Hashes.sha256(path.getBytes(StandardCharsets.UTF_8));
        return prefixes.stream().anyMatch(hash::startsWith);
    }

    /** {@code *} any run within one segment, {@code ?} one character within it, all else itself. */
    private static Pattern toRegex(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            switch (c) {
                case '*' -> {
                    // Two stars in a row mean no more than one, and would make matching slow.
                    if (i == 0 || pattern.charAt(i - 1) != '*') {
                        regex.append("[^/]*");
                    }
                }
                case '?' -> regex.append("[^/]");
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString());
    }
}
