package dev.picket.ota.repository;

import dev.picket.ota.RejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Metadata that wait for signatures, in {@code pending/}, in the form that they will be published in:
 *
 * <pre>
 *   root.json      the next root, after a change of keys
 *   targets.json   the next targets, for {@code contents.json} as it was
 *   {team}.json    the next targets of a team, likewise
 * </pre>
 *
 * A draft counts only with the version that comes next in the tree: one that a crash left there after its publication is
 * stale, and so is one that was made for contents which have changed since.
 */
record Drafts(Path folder, MetadataTree tree, Disk disk) {
    Optional<SignedFile> root() throws RejectedException, IOException {
        return next("root");
    }

    /** Of the top-level role, or of a team. */
    Optional<SignedFile> targets(String role, Contents contents) throws RejectedException, IOException {
        return next(role).filter(contents::sameAs);
    }

    void save(SignedFile draft) throws IOException {
        disk.write(file(draft.role()), draft.bytes());
    }

    void drop(String role) throws IOException {
        disk.remove(file(role));
    }

    private Optional<SignedFile> next(String role) throws RejectedException, IOException {
        if (!Files.exists(file(role))) {
            return Optional.empty();
        }
        SignedFile draft = SignedFile.read(role, file(role));
        long newest = tree.newest(role).map(SignedFile::version).orElse(0L);
        return draft.version() == newest + 1 ? Optional.of(draft) : Optional.empty();
    }

    private Path file(String role) {
        return folder.resolve(role + ".json");
    }
}
