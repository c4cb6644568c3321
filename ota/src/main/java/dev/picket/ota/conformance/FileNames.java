package dev.picket.ota.conformance;

import dev.picket.ota.Hashes;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** One file name for each target's path, whatever it holds, so that none leaves its folder. */
final class FileNames {
    private static final int MAX_NAME = 200;

    private FileNames() {}

    /** The path percent-encoded, or its SHA-256 where that is too long or is a name of the folder itself. */
    static String of(String targetPath) {
        String encoded = URLEncoder.encode(targetPath, StandardCharsets.UTF_8);
        boolean isName = encoded.length() <= MAX_NAME && !encoded.isEmpty() && !encoded.startsWith(".");
        return isName ? encoded : Hashes.sha256(targetPath.getBytes(StandardCharsets.UTF_8));
    }
}
