package dev.picket.ota.repository;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The metadata that were signed, as they lie in the tree. They alone say which version comes next: no number is kept
 * anywhere else, so nothing can disagree after a crash. A numbered file, once written, never changes.
 */
record MetadataTree(Path folder) {
    private static final Pattern NUMBERED = Pattern.compile("([1-9][0-9]{0,17})\\.([a-z0-9][a-z0-9_-]*)\\.json");

    Path file(String role, long version) {
        return folder.resolve(version + "." + role + ".json");
    }

    Path timestampFile() {
        return folder.resolve("timestamp.json");
    }

    /** The root in force. */
    SignedFile root() throws RejectedException, IOException {
        return newest("root")
                .orElseThrow(() -> new RejectedException(
                        Reason.MISSING, folder + " holds no root: make a repository with `picket release init`."));
    }

    /** The file of the highest version; an unpublished one too, which a crash left. */
    Optional<SignedFile> newest(String role) throws RejectedException, IOException {
        long highest = highest(role);
        return highest == 0 ? Optional.empty() : Optional.of(SignedFile.read(role, file(role, highest)));
    }

    Optional<SignedFile> timestamp() throws RejectedException, IOException {
        return Files.exists(timestampFile())
                ? Optional.of(SignedFile.read("timestamp", timestampFile()))
                : Optional.empty();
    }

    private long highest(String role) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(each -> NUMBERED.matcher(each.getFileName().toString()))
                    .filter(Matcher::matches)
                    .filter(each -> each.group(2).equals(role))
                    .mapToLong(each -> Long.parseLong(each.group(1)))
                    .max()
                    .orElse(0);
        }
    }
}
