package dev.picket.ota.tuf;

import dev.picket.ota.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Which target paths a delegation covers: specification 4.5, PATHPATTERN and path_hash_prefixes. */
public final class PathPatterns {
    private PathPatterns() {}

    /** Whether one of these patterns covers the path: {@code *} and {@code ?} do not match {@code /}. */
    public static boolean anyMatches(List<String> patterns, String path) {
        return patterns.stream().anyMatch(each -> matches(each, path));
    }

    static boolean anyHashPrefix(List<String> prefixes, String path) {
        if (prefixes.isEmpty()) {
            return false;
        }
        String hash = Hashes.sha256(path.getBytes(StandardCharsets.UTF_8));
        return prefixes.stream().anyMatch(each -> hash.startsWith(each.toLowerCase(Locale.ROOT)));
    }

    /** {@code *} any run within one segment, {@code ?} one character within it, all else itself. */
    private static boolean matches(String pattern, String path) {
        String[] patterns = pattern.split("/", -1);
        String[] segments = path.split("/", -1);
        if (patterns.length != segments.length) {
            return false;
        }
        for (int i = 0; i < segments.length; i++) {
            if (!segmentMatches(
                    patterns[i].codePoints().toArray(), segments[i].codePoints().toArray())) {
                return false;
            }
        }
        return true;
    }

    /** Goes back to the last star only, so that no pattern takes longer than pattern times text. */
    private static boolean segmentMatches(int[] pattern, int[] text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int starText = 0;
        while (t < text.length) {
            if (p < pattern.length && pattern[p] == '*') {
                star = p++;
                starText = t;
            } else if (p < pattern.length && (pattern[p] == '?' || pattern[p] == text[t])) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length && pattern[p] == '*') {
            p++;
        }
        return p == pattern.length;
    }
}
